//! One line of `assay verify`, read strictly: a member that it does not know is an error, never ignored.

mod members;
mod split;

use assay_protocol::cose::alg;
use assay_protocol::tree::json::Node;
use assay_relying_party::extensions::ExtensionPolicy;
use assay_relying_party::{BackupPolicy, Payment};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::members::{
    Offence, base64, boolean, bytes, decode, integers, known, missing, object, of, one_of, string, strings, unsigned,
};
use self::split::{Split, split};

/// What a relying party knew when the response came in.
#[derive(Debug)]
pub struct Line {
    /// The caller's name for this line, given back as it is.
    pub id: serde_json::Value,
    /// Registration or authentication.
    pub ceremony: Ceremony,
    /// The RP ID.
    pub rp_id: String,
    /// The expected origins.
    pub origins: Vec<String>,
    /// The challenge issued.
    pub challenge: Vec<u8>,
    /// The time of the ceremony; the line's arrival where it is absent.
    pub at: Option<OffsetDateTime>,
    /// `required`, `preferred` or `discouraged`.
    pub user_verification: String,
    /// One of Credential Management's words; `conditional` makes a difference.
    pub mediation: Option<String>,
    /// The algorithms offered.
    pub algorithms: Vec<i64>,
    /// Is use in a cross-origin frame expected?
    pub cross_origin: bool,
    /// The pages that may embed the relying party, where such use is expected.
    pub top_origins: Vec<String>,
    /// DER; `None` where chains are not judged.
    pub trust_anchors: Option<Vec<Vec<u8>>>,
    /// FIDO metadata, whose models have anchors of their own.
    pub metadata: Option<SignedMetadata>,
    /// The attestation types that are acceptable; empty for all.
    pub allow_attestation_types: Vec<String>,
    /// The extensions asked for.
    pub extensions: serde_json::Map<String, serde_json::Value>,
    /// What is wanted of the extensions' outputs.
    pub extension_policy: ExtensionPolicy,
    /// The backup flags that are accepted.
    pub backup: BackupPolicy,
    /// The payment that the user was to confirm; authentications only.
    pub payment: Option<Payment>,
    /// The credential ids offered.
    pub allow_credentials: Vec<Vec<u8>>,
    /// The handle of the user, where the relying party knew the user beforehand.
    pub user_handle: Option<Vec<u8>>,
    /// The profile's name.
    pub profile: String,
    /// The text of the credential, untouched.
    pub credential: Vec<u8>,
}

/// Which ceremony a line is about.
#[derive(Debug)]
pub enum Ceremony {
    /// WebAuthn L3 7.1.
    Registration,
    /// WebAuthn L3 7.2, with the record of the credential.
    Authentication(Stored),
}

/// A BLOB of FIDO metadata, as it is published.
#[derive(Debug)]
pub struct SignedMetadata {
    /// The signed text.
    pub blob: String,
    /// The roots that its signature may lead to, DER.
    pub roots: Vec<Vec<u8>>,
}

/// What was stored of a credential.
#[derive(Debug, Default)]
pub struct Stored {
    /// The credential's id.
    pub credential_id: Vec<u8>,
    /// Its COSE key.
    pub public_key: Vec<u8>,
    /// The last signature counter.
    pub sign_count: u32,
    /// BE at registration; `None` where it was not kept.
    pub backup_eligible: Option<bool>,
    /// The last BS.
    pub backup_state: bool,
    /// Was the user ever verified?
    pub uv_initialized: bool,
    /// The handle of the account that owns it.
    pub user_handle: Option<Vec<u8>>,
}

/// Why a line cannot be decided, in words that name the offence; `id` where it could be read.
#[derive(Debug)]
pub struct LineError {
    /// The line's id.
    pub id: serde_json::Value,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
}

impl Line {
    /// Reads one line.
    pub fn parse(text: &[u8]) -> Result<Self, LineError> {
        let Split { root, credential } = split(text).map_err(|(code, detail)| LineError::nameless(code, detail))?;
        let id = root.get("id").map_or(serde_json::Value::Null, Node::to_serde);
        Self::from_root(&root, credential, id.clone()).map_err(|(code, detail)| LineError { id, code, detail })
    }

    fn from_root(root: &Node, credential: Option<&[u8]>, id: serde_json::Value) -> Result<Self, Offence> {
        known(root, "", MEMBERS)?;
        if id.is_null() {
            return Err(missing("id"));
        }
        let ceremony = match one_of(root, "ceremony", &["registration", "authentication"])?.as_deref() {
            Some("registration") => Ceremony::Registration,
            Some(_) => {
                Ceremony::Authentication(Stored::from_node(of(root, "stored").ok_or_else(|| missing("stored"))?)?)
            }
            None => return Err(missing("ceremony")),
        };
        let at = string(root, "at")?.map(|text| OffsetDateTime::parse(&text, &Rfc3339)).transpose();
        let algorithms = integers(root, "algorithms")?.filter(|list| !list.is_empty());
        let allowed = strings(root, "allow_credentials")?.unwrap_or_default();
        Ok(Self {
            id,
            ceremony,
            rp_id: string(root, "rp_id")?.ok_or_else(|| missing("rp_id"))?,
            origins: strings(root, "origins")?.unwrap_or_default(),
            challenge: bytes(root, "challenge")?.ok_or_else(|| missing("challenge"))?,
            at: at.map_err(|error| ("line_member_value", format!("at is no RFC 3339 time: {error}")))?,
            user_verification: one_of(root, "user_verification", &["required", "preferred", "discouraged"])?
                .unwrap_or_else(|| "preferred".to_owned()),
            mediation: one_of(root, "mediation", &["silent", "optional", "conditional", "required", "immediate"])?,
            algorithms: algorithms.unwrap_or_else(|| DEFAULT_ALGORITHMS.to_vec()),
            cross_origin: boolean(root, "cross_origin")?.unwrap_or(false),
            top_origins: strings(root, "top_origins")?.unwrap_or_default(),
            trust_anchors: certificates(root, "trust_anchors", "trust_anchors")?,
            metadata: of(root, "metadata").map(SignedMetadata::from_node).transpose()?,
            allow_attestation_types: strings(root, "allow_attestation_types")?.unwrap_or_default(),
            extensions: object(root, "extensions")?.unwrap_or_default(),
            extension_policy: ExtensionPolicy {
                refuse_unsolicited: one_of(root, "unsolicited_extensions", &["accept", "refuse"])?.as_deref()
                    == Some("refuse"),
                min_pin_length: unsigned(root, "min_pin_length")?.map(u64::from),
            },
            backup: backup(root)?,
            payment: payment(root)?,
            allow_credentials: allowed
                .iter()
                .map(|text| decode(text, "allow_credentials"))
                .collect::<Result<_, _>>()?,
            user_handle: bytes(root, "user_handle")?,
            profile: string(root, "profile")?.unwrap_or_else(|| "w3c-l3".to_owned()),
            credential: response(root, credential)?,
        })
    }
}

/// The credential: as a member, or as text, which may be no JSON at all.
fn response(root: &Node, credential: Option<&[u8]>) -> Result<Vec<u8>, Offence> {
    match (string(root, "response_text")?, credential) {
        (Some(text), None) => Ok(text.into_bytes()),
        (None, Some(credential)) => Ok(credential.to_vec()),
        (None, None) => Err(missing("credential")),
        (Some(_), Some(_)) => {
            Err(("line_member_value", "credential and response_text are two answers to one question".to_owned()))
        }
    }
}

/// Certificates in base64, of the member whose full name is `place`.
fn certificates(node: &Node, name: &str, place: &str) -> Result<Option<Vec<Vec<u8>>>, Offence> {
    let texts = strings(node, name)?;
    texts.map(|list| list.iter().map(|text| base64(text, place)).collect()).transpose()
}

impl SignedMetadata {
    fn from_node(node: &Node) -> Result<Self, Offence> {
        known(node, "metadata", &["blob", "roots"])?;
        Ok(Self {
            blob: string(node, "blob")?.ok_or_else(|| missing("metadata.blob"))?,
            roots: certificates(node, "roots", "metadata.roots")?.ok_or_else(|| missing("metadata.roots"))?,
        })
    }
}

impl Stored {
    /// Reads the member `stored` of a line where it stands alone.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let Split { root, .. } = split(text).map_err(|(_, detail)| detail)?;
        Self::from_node(&root).map_err(|(_, detail)| detail)
    }

    fn from_node(node: &Node) -> Result<Self, Offence> {
        known(node, "stored", STORED)?;
        Ok(Self {
            credential_id: bytes(node, "credential_id")?.ok_or_else(|| missing("stored.credential_id"))?,
            public_key: bytes(node, "public_key")?.ok_or_else(|| missing("stored.public_key"))?,
            sign_count: unsigned(node, "sign_count")?.unwrap_or(0),
            backup_eligible: boolean(node, "backup_eligible")?,
            backup_state: boolean(node, "backup_state")?.unwrap_or(false),
            uv_initialized: boolean(node, "uv_initialized")?.unwrap_or(false),
            user_handle: bytes(node, "user_handle")?,
        })
    }
}

/// The backup policy by its name.
fn backup(root: &Node) -> Result<BackupPolicy, Offence> {
    let named = one_of(root, "backup", &["any", "device_bound", "eligible", "backed_up"])?;
    Ok(match named.as_deref() {
        Some("device_bound") => BackupPolicy::DeviceBound,
        Some("eligible") => BackupPolicy::Eligible,
        Some("backed_up") => BackupPolicy::BackedUp,
        _ => BackupPolicy::Any,
    })
}

/// The payment, in the form that `requirements.payment` has for the server.
fn payment(root: &Node) -> Result<Option<Payment>, Offence> {
    let Some(members) = object(root, "payment")? else { return Ok(None) };
    if let Some(node) = of(root, "payment") {
        known(node, "payment", PAYMENT)?;
    }
    serde_json::from_value(serde_json::Value::Object(members))
        .map(Some)
        .map_err(|error| ("line_member_value", format!("payment: {error}")))
}

impl LineError {
    /// An error of a line whose id cannot be told.
    pub(super) fn nameless(code: &'static str, detail: String) -> Self {
        Self { id: serde_json::Value::Null, code, detail }
    }
}

/// The specification's default algorithms (WebAuthn L3 5.1.3 step 10).
pub(crate) const DEFAULT_ALGORITHMS: [i64; 2] = [alg::ES256, alg::RS256];

const MEMBERS: &[&str] = &[
    "id",
    "ceremony",
    "rp_id",
    "origins",
    "challenge",
    "at",
    "user_verification",
    "mediation",
    "algorithms",
    "cross_origin",
    "top_origins",
    "trust_anchors",
    "metadata",
    "allow_attestation_types",
    "extensions",
    "unsolicited_extensions",
    "min_pin_length",
    "backup",
    "payment",
    "allow_credentials",
    "user_handle",
    "profile",
    "credential",
    "response_text",
    "stored",
];

const PAYMENT: &[&str] = &["origins", "top_origins", "payee_name", "payee_origin", "total", "instrument"];

const STORED: &[&str] =
    &["credential_id", "public_key", "sign_count", "backup_eligible", "backup_state", "uv_initialized", "user_handle"];
