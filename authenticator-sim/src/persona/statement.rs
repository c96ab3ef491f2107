//! The key that a metadata statement describes (FIDO Metadata Statements 3.1.1, its `authenticatorGetInfo`).

mod compare;
mod read;

use std::fmt;

use assay_mint::lab::Lab;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::cose::alg;
use assay_protocol::ctap2::get_info::Response;
use assay_protocol::ctaphid::MAX_MESSAGE;
use assay_protocol::pin_uv::Protocol;
use serde_json::{Map, Value};

use self::read::Info;
use super::{AttestationKind, CREDENTIAL_ID_LENGTH, ConfigError, EnterpriseRules, LEAST_MESSAGE, Persona, Unfit};
use crate::authenticator::Authenticator;
use crate::config::{
    ALGORITHMS, BioConfig, Complexity, ConfigCommands, Limits, Management, PinConfig, ResetConfig, Sensor, UvConfig,
};
use crate::env::Env;

/// A persona of a real model, and what of the model it has not.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The persona.
    pub persona: Persona,
    /// What the statement says and the key does not, or the other way round.
    pub left_out: Vec<LeftOut>,
}

/// Why an entry becomes no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAKey {
    /// No statement.
    NoStatement,
    /// No identifier that a key could have: neither an AAGUID nor a key identifier.
    NoIdentifier,
    /// Of a protocol that is neither CTAP2 nor CTAP1.
    Protocol(String),
    /// A statement of before `authenticatorGetInfo`, or of an authenticator that has none.
    NoGetInfo,
    /// No version of CTAP2 in it.
    NoVersion,
    /// What it says fits no key.
    Unfit(Unfit),
    /// A certificate could not be made.
    Mint(String),
}

/// One thing in which key and statement differ.
#[derive(Debug, Clone, PartialEq)]
pub enum LeftOut {
    /// An algorithm by which the simulator does not sign: its COSE number or its name in FIDO's registry.
    Algorithm(String),
    /// An extension that it does not have.
    Extension(String),
    /// A way to attest that it does not have.
    Attestation(String),
    /// An option.
    Option {
        /// Its id.
        id: String,
        /// What the statement says.
        statement: Option<bool>,
        /// What the key says.
        key: Option<bool>,
    },
    /// Another member of getInfo.
    Member {
        /// Its name.
        name: String,
        /// What the statement says; null where nothing.
        statement: Value,
        /// What the key says; null where nothing.
        key: Value,
    },
}

impl Persona {
    /// The key that an entry of a metadata payload describes. Certificates of the lab take the place of the
    /// vendor's; what is remembered, such as a PIN, is as in a key that nobody has used.
    pub fn of_entry(entry: &Map<String, Value>) -> Result<Taken, NotAKey> {
        let Some(statement) = entry.get("metadataStatement").and_then(Value::as_object) else {
            return Err(NotAKey::NoStatement);
        };
        let word = |object: &Map<String, Value>, name: &str| {
            object.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let name = word(statement, "description");
        match word(statement, "protocolFamily").as_str() {
            "u2f" => {
                let identifiers = entry.get("attestationCertificateKeyIdentifiers").and_then(Value::as_array);
                let first = identifiers.and_then(|list| list.first()).and_then(Value::as_str);
                let model = first.ok_or(NotAKey::NoIdentifier)?.to_ascii_lowercase();
                return Ok(Taken { persona: Self::u2f_model(name, model), left_out: Vec::new() });
            }
            "fido2" => {}
            other => return Err(NotAKey::Protocol(other.to_owned())),
        }
        let aaguid: Aaguid = word(entry, "aaguid").parse().map_err(|_error| NotAKey::NoIdentifier)?;
        let Some(info) = statement.get("authenticatorGetInfo").and_then(Value::as_object) else {
            return Err(NotAKey::NoGetInfo);
        };
        let info = Info(info);
        if !info.texts("versions").iter().any(|version| version.starts_with("FIDO_2_")) {
            return Err(NotAKey::NoVersion);
        }
        let mut left_out = Vec::new();
        let mut persona = Self {
            name,
            aaguid,
            algorithms: algorithms(info, statement, &mut left_out),
            attestation: attestations(statement, &mut left_out),
            ..Self::of_info(info, aaguid)
        };
        let all = told(&persona)?.to_json();
        persona.untold = all.keys().filter(|member| !info.has(member) && *member != "aaguid").cloned().collect();
        let key = told(&persona)?.to_json();
        left_out.extend(compare::differences(info, &key, &persona));
        Ok(Taken { persona, left_out })
    }

    /// A key of CTAP1 alone.
    fn u2f_model(name: String, model: String) -> Self {
        Self {
            name,
            aaguid: Aaguid::ZERO,
            ctap2: false,
            versions: vec!["U2F_V2".to_owned()],
            algorithms: vec![alg::ES256],
            discoverable: false,
            pin: PinConfig { supported: false, ..PinConfig::default() },
            extensions: Vec::new(),
            u2f: Some(model),
            ..Self::default()
        }
    }

    /// What getInfo alone tells.
    fn of_info(info: Info<'_>, aaguid: Aaguid) -> Self {
        let on = |id: &str| info.option(id) == Some(true);
        let there = |id: &str| info.option(id).is_some();
        let versions = info.texts("versions");
        let platform = on("plat");
        Self {
            discoverable: on("rk"),
            platform,
            pin: pin(info),
            uv: uv(info),
            always_uv: on("alwaysUv"),
            make_cred_uv_not_rqd: on("makeCredUvNotRqd"),
            extensions: compare::known_extensions(&info.texts("extensions")),
            management: Management {
                credentials: on("credMgmt"),
                credentials_preview: on("credentialMgmtPreview"),
                read_only_tokens: on("perCredMgmtRO"),
                encrypted_members: info.has("encIdentifier"),
                large_blobs: on("largeBlobs").then(|| info.number("maxSerializedLargeBlobArray").unwrap_or(1024)),
                config: on("authnrCfg").then(|| config_commands(info)),
            },
            limits: limits(info),
            enterprise: there("ep").then(|| EnterpriseRules { rp_ids: Vec::new(), platform_managed: true }),
            u2f: versions.iter().any(|version| version == "U2F_V2").then(|| aaguid.to_string()),
            versions,
            transports: info.texts("transports"),
            reached_by: if platform { "internal" } else { "usb" }.to_owned(),
            reset: ResetConfig {
                long_touch: info.flag("longTouchForReset"),
                transports: info.has("transportsForReset").then(|| info.texts("transportsForReset")),
            },
            firmware_version: info.number("firmwareVersion").unwrap_or(1),
            certifications: info.levels("certifications"),
            ..Self::default()
        }
    }
}

fn pin(info: Info<'_>) -> PinConfig {
    let protocols: Vec<Protocol> =
        info.numbers("pinUvAuthProtocols").into_iter().filter_map(Protocol::from_number).collect();
    let standard = PinConfig::default();
    PinConfig {
        supported: info.option("clientPin").is_some(),
        // CTAP 2.0 had but one, and needed no list.
        protocols: if protocols.is_empty() { vec![Protocol::One] } else { protocols },
        token_permissions: info.option("pinUvAuthToken") == Some(true),
        no_mc_ga_permissions: info.option("noMcGaPermissionsWithClientPin") == Some(true),
        min_length: info.number("minPINLength").unwrap_or(standard.min_length),
        max_length: info.number("maxPINLength"),
        complexity: info
            .flag("pinComplexityPolicy")
            .map(|enforced| Complexity { enforced, url: info.hex_text("pinComplexityPolicyURL") }),
        ..standard
    }
}

fn uv(info: Info<'_>) -> Option<UvConfig> {
    let (command, preview) = (info.option("bioEnroll").is_some(), info.option("userVerificationMgmtPreview").is_some());
    if !(command || preview || info.option("uv").is_some()) {
        return None;
    }
    let bio = BioConfig { command, preview, samples: 3, templates: 5, name_length: 64, swiped: false };
    // USER_VERIFY_FINGERPRINT_INTERNAL and USER_VERIFY_PASSCODE_INTERNAL of the FIDO registry.
    let usual = if command || preview { 0x02 } else { 0x04 };
    Some(UvConfig {
        sensor: if command || preview { Sensor::Fingerprints(bio) } else { Sensor::Owner },
        modality: info.number("uvModality").unwrap_or(usual),
        max_retries: 5,
        internal_attempts: 3,
        preferred_platform_attempts: info.number("preferredPlatformUvAttempts"),
        interaction: true,
        enrollment_tokens: info.option("uvBioEnroll") == Some(true),
        config_tokens: info.option("uvAcfg") == Some(true),
    })
}

fn config_commands(info: Info<'_>) -> ConfigCommands {
    let listed = info.numbers("authenticatorConfigCommands");
    ConfigCommands {
        toggle_always_uv: info.option("alwaysUv").is_some() || listed.contains(&0x02),
        set_min_pin_length: info.option("setMinPINLength") == Some(true),
        enable_long_touch: listed.contains(&0x04) || !info.has("authenticatorConfigCommands"),
        min_pin_length_rp_ids: info.number("maxRPIDsForSetMinPINLength").unwrap_or(0),
        own_rp_ids: Vec::new(),
        vendor_commands: (listed.contains(&0xff) || info.has("vendorPrototypeConfigCommands"))
            .then(|| info.numbers("vendorPrototypeConfigCommands")),
    }
}

fn limits(info: Info<'_>) -> Limits {
    let standard = Limits::default();
    let message = info.number::<u64>("maxMsgSize").unwrap_or(1024);
    let bounded = usize::try_from(message).unwrap_or(MAX_MESSAGE).clamp(LEAST_MESSAGE, MAX_MESSAGE);
    Limits {
        message: u16::try_from(bounded).unwrap_or(standard.message),
        credential_count_in_list: info.number("maxCredentialCountInList").unwrap_or(standard.credential_count_in_list),
        // What is told must hold for the ids that there are.
        credential_id_length: info
            .number("maxCredentialIdLength")
            .unwrap_or(standard.credential_id_length)
            .max(CREDENTIAL_ID_LENGTH),
        discoverable_credentials: info
            .number("remainingDiscoverableCredentials")
            .unwrap_or(standard.discoverable_credentials),
        cred_blob_length: info.number("maxCredBlobLength").unwrap_or(standard.cred_blob_length),
    }
}

/// Those of getInfo, or else those of the statement.
fn algorithms(info: Info<'_>, statement: &Map<String, Value>, left_out: &mut Vec<LeftOut>) -> Vec<i64> {
    let named = Info(statement).texts("authenticationAlgorithms");
    let listed: Vec<(Option<i64>, String)> = match info.algorithms() {
        Some(numbers) => numbers.into_iter().map(|alg| (Some(alg), alg.to_string())).collect(),
        None => named.into_iter().map(|name| (alg::of_registry(&name), name)).collect(),
    };
    let mut algorithms = Vec::new();
    for (number, written) in listed {
        match number {
            Some(alg) if algorithms.contains(&alg) => {}
            Some(alg) if ALGORITHMS.contains(&alg) => algorithms.push(alg),
            _ => left_out.push(LeftOut::Algorithm(written)),
        }
    }
    if algorithms.is_empty() {
        algorithms.push(alg::ES256);
    }
    algorithms
}

fn attestations(statement: &Map<String, Value>, left_out: &mut Vec<LeftOut>) -> Vec<AttestationKind> {
    let mut kinds = Vec::new();
    for word in Info(statement).texts("attestationTypes") {
        let kind = match word.as_str() {
            "basic_full" => AttestationKind::PackedX5c,
            "basic_surrogate" => AttestationKind::PackedSelf,
            "attca" => AttestationKind::Tpm,
            "anonca" => AttestationKind::Apple,
            "none" => AttestationKind::None,
            _ => {
                left_out.push(LeftOut::Attestation(word));
                continue;
            }
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() {
        kinds.push(AttestationKind::None);
    }
    kinds
}

/// What a new key of this persona says of itself; whose certificates it has is in none of it.
fn told(persona: &Persona) -> Result<Response, NotAKey> {
    let config = persona.config(&Lab::new([0; 32], 0)).map_err(|error| match error {
        ConfigError::Unfit(unfit) => NotAKey::Unfit(unfit),
        ConfigError::Mint(error) => NotAKey::Mint(error.to_string()),
    })?;
    let key = Authenticator::new(config, Env::seeded([0; 32]));
    Ok(key.map_err(|error| NotAKey::Mint(error.to_string()))?.get_info())
}

impl LeftOut {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Algorithm(_) => "persona_algorithm",
            Self::Extension(_) => "persona_extension",
            Self::Attestation(_) => "persona_attestation",
            Self::Option { .. } => "persona_option",
            Self::Member { .. } => "persona_member",
        }
    }
}

impl NotAKey {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoStatement => "model_no_statement",
            Self::NoIdentifier => "model_no_identifier",
            Self::Protocol(_) => "model_protocol",
            Self::NoGetInfo => "model_no_get_info",
            Self::NoVersion => "model_no_version",
            Self::Unfit(_) => "model_unfit",
            Self::Mint(_) => "model_certificates",
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |value: &Option<bool>| value.map_or("nothing".to_owned(), |value| value.to_string());
        let shown = |value: &Value| if value.is_null() { "nothing".to_owned() } else { value.to_string() };
        match self {
            Self::Algorithm(name) => write!(f, "algorithm {name}: the simulator does not sign by it"),
            Self::Extension(id) => write!(f, "extension {id}: the simulator does not have it"),
            Self::Attestation(word) => write!(f, "attestation {word}: the simulator does not attest so"),
            Self::Option { id, statement, key } => {
                write!(f, "option {id}: {} in the statement, {} by the key", said(statement), said(key))
            }
            Self::Member { name, statement, key } => {
                write!(f, "{name}: {} in the statement, {} by the key", shown(statement), shown(key))
            }
        }
    }
}

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoStatement => f.write_str("there is no metadata statement"),
            Self::NoIdentifier => f.write_str("neither an AAGUID nor the identifier of a key"),
            Self::Protocol(family) => write!(f, "its protocol is {family:?}, neither fido2 nor u2f"),
            Self::NoGetInfo => f.write_str("the statement has no authenticatorGetInfo"),
            Self::NoVersion => f.write_str("authenticatorGetInfo lists no version of CTAP2"),
            Self::Unfit(unfit) => unfit.fmt(f),
            Self::Mint(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for NotAKey {}
