//! What is taken for granted about a ceremony, and its verdict under that.

use assay_attestation::Anchors;
use assay_mint::keys::SigningKey;
use assay_mint::seed::Seed;
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::base64url;
use assay_protocol::digest::sha256;
use assay_protocol::tree::json::{self, Node};
use assay_protocol::webauthn::{AuthenticationResponse, Dialect, RegistrationResponse};
use assay_relying_party::extensions::ExtensionPolicy;
use assay_relying_party::{BackupPolicy, Rejection};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use url::Url;

use super::find::{Candidate, Options};
use super::{Assumption, Given};
use crate::verify::{Ceremony, DEFAULT_ALGORITHMS, Line, Stored, decide_under};

/// The verdict, and what it rests on.
pub(super) struct Judged {
    pub(super) rejection: Option<Rejection>,
    pub(super) assumed: Vec<Assumption>,
    pub(super) notes: Vec<String>,
}

/// Judges one response. `stored` is what is known of its credential.
pub(super) fn judge(
    candidate: &Candidate,
    options: Option<&Options>,
    stored: Option<Stored>,
    given: &Given,
    now: OffsetDateTime,
) -> Result<Judged, String> {
    let said = Said::of(candidate);
    let mut assumed = Vec::new();
    let mut notes = Vec::new();
    let mut assume = |what, value: &str, from: &str| {
        assumed.push(Assumption { what, value: value.to_owned(), from: from.to_owned() });
    };
    let challenge = match (&given.challenge, options) {
        (Some(challenge), _) => challenge.clone(),
        (None, Some(options)) => {
            assume("challenge", &base64url::encode(&options.challenge), &options.source);
            options.challenge.clone()
        }
        (None, None) => {
            let text = said.challenge.clone().unwrap_or_default();
            assume("challenge", &text, "the client data");
            base64url::decode(&text).unwrap_or_default()
        }
    };
    let host = said.origin.as_deref().and_then(host);
    let mut profile = given.profile.clone();
    let rp_id = match (&given.rp_id, options.and_then(|options| Some((options, options.rp_id.as_ref()?)))) {
        (Some(rp_id), _) => rp_id.clone(),
        (None, Some((options, rp_id))) => {
            assume("rp id", rp_id, &options.source);
            rp_id.clone()
        }
        (None, None) => {
            // By default the page's own host is the RP ID; a page may name a parent of it.
            let origin = given.origins.first().and_then(|origin| self::host(origin)).or(host.clone());
            let fitting = origin.as_deref().and_then(|host| parents(host).find(|id| said.is_for(id)));
            match fitting.map(str::to_owned).or(origin) {
                Some(rp_id) => {
                    assume("rp id", &rp_id, "the origin");
                    rp_id
                }
                None => {
                    notes.push("the RP ID cannot be told from the origin and was not judged: give --rp-id".to_owned());
                    profile = profile.without("rp_id_hash_mismatch").unwrap_or_default();
                    String::new()
                }
            }
        }
    };
    let origins = if given.origins.is_empty() {
        let said = said.origin.clone().unwrap_or_default();
        let fits = host.as_deref().is_none_or(|host| rp_id.is_empty() || parents(host).any(|parent| parent == rp_id));
        let origin = if fits { said } else { format!("https://{rp_id}") };
        assume("origin", &origin, if fits { "the client data" } else { "the rp id" });
        vec![origin]
    } else {
        given.origins.clone()
    };
    let mut text = candidate.text.clone();
    let ceremony = if candidate.registration {
        if given.anchors.is_none() {
            notes.push("no trust anchors were given: certificate chains were not judged".to_owned());
        }
        Ceremony::Registration
    } else if let Some(stored) = stored {
        Ceremony::Authentication(stored)
    } else {
        notes.push("no public key was given (--public-key, --stored): all but the signature was judged".to_owned());
        let (stored, signed) = unsigned(&text)?;
        text = signed.unwrap_or(text);
        Ceremony::Authentication(stored)
    };
    let line = Line {
        id: Value::Null,
        ceremony,
        rp_id,
        origins,
        challenge,
        at: None,
        user_verification: options
            .and_then(|options| options.user_verification.clone())
            .unwrap_or_else(|| "preferred".to_owned()),
        mediation: options.and_then(|options| options.mediation.clone()),
        algorithms: options
            .and_then(|options| options.algorithms.clone())
            .or_else(|| said.algorithm.map(|alg| vec![alg]))
            .unwrap_or_else(|| DEFAULT_ALGORITHMS.to_vec()),
        cross_origin: false,
        top_origins: Vec::new(),
        trust_anchors: given.anchors.clone(),
        metadata: None,
        allow_attestation_types: Vec::new(),
        extension_policy: ExtensionPolicy::default(),
        backup: BackupPolicy::default(),
        payment: None,
        extensions: options.map_or_else(Map::new, |options| options.extensions.clone()),
        allow_credentials: options.map(|options| options.allow_credentials.clone()).unwrap_or_default(),
        user_handle: options.and_then(|options| options.user_handle.clone()),
        profile: profile.name.to_owned(),
        credential: text,
    };
    let verdict = decide_under(&line, &profile, now).map_err(|error| error.detail)?;
    Ok(Judged { rejection: verdict.err(), assumed, notes })
}

/// Where nobody knows the key, one of ours signs in the signature's place; what else is wrong
/// stays wrong. A response that cannot be read is left alone.
fn unsigned(text: &[u8]) -> Result<(Stored, Option<Vec<u8>>), String> {
    let key = SigningKey::es256(&Seed::new(*b"assay why judges all but this..."));
    let public_key = key.cose_key().to_cbor();
    let Ok(mut response) = AuthenticationResponse::from_json(text, Dialect::WebAuthn) else {
        return Ok((Stored { public_key, ..Stored::default() }, None));
    };
    let message = [response.authenticator_data.as_slice(), &sha256(&response.client_data_json)].concat();
    response.signature = key.sign(&message).map_err(|error| error.to_string())?;
    let stored = Stored { credential_id: response.raw_id.clone(), public_key, ..Stored::default() };
    Ok((stored, Some(response.to_json().to_string().into_bytes())))
}

/// What a registration in the same message leaves behind.
pub(super) fn registered(candidate: &Candidate, options: Option<&Options>) -> Option<Stored> {
    let response = RegistrationResponse::from_json(&candidate.text, Dialect::WebAuthn).ok()?;
    let object = AttestationObject::parse(&response.attestation_object).ok()?;
    let data = AuthenticatorData::parse(&object.auth_data).ok()?;
    let attested = data.attested?;
    Some(Stored {
        credential_id: attested.credential_id,
        public_key: attested.public_key_cbor,
        sign_count: data.sign_count,
        backup_eligible: Some(data.flags.be()),
        backup_state: data.flags.bs(),
        uv_initialized: data.flags.uv(),
        user_handle: options.and_then(|options| options.user_handle.clone()),
    })
}

/// The raw id of a response.
pub(super) fn raw_id(candidate: &Candidate) -> Option<Vec<u8>> {
    base64url::decode(json::read(&candidate.text).root?.get("rawId")?.as_str()?).ok()
}

/// What the message says of itself, as far as it can be read.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) challenge: Option<String>,
    origin: Option<String>,
    rp_id_hash: Option<Vec<u8>>,
    algorithm: Option<i64>,
}

impl Said {
    pub(super) fn of(candidate: &Candidate) -> Self {
        let root = json::read(&candidate.text).root;
        let response = root.as_ref().and_then(|root| root.get("response"));
        let bytes = |name: &str| base64url::decode(response?.get(name)?.as_str()?).ok();
        let client_data = bytes("clientDataJSON").and_then(|bytes| json::read(&bytes).root);
        let text = |name: &str| client_data.as_ref()?.get(name).and_then(Node::as_str).map(str::to_owned);
        let object = bytes("attestationObject").and_then(|bytes| AttestationObject::parse(&bytes).ok());
        let auth_data = object.map(|object| object.auth_data).or_else(|| bytes("authenticatorData"));
        let parsed = auth_data.as_ref().and_then(|bytes| AuthenticatorData::parse(bytes).ok());
        Self {
            challenge: text("challenge"),
            origin: text("origin"),
            rp_id_hash: auth_data.and_then(|bytes| Some(bytes.get(..32)?.to_vec())),
            algorithm: parsed.and_then(|data| data.attested).map(|attested| attested.credential_public_key.alg),
        }
    }

    fn is_for(&self, rp_id: &str) -> bool {
        self.rp_id_hash.as_deref() == Some(&sha256(rp_id.as_bytes()))
    }
}

/// The host of an origin of the web.
fn host(origin: &str) -> Option<String> {
    Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned)).filter(|host| !host.is_empty())
}

/// A host and the domains above it.
fn parents(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, parent)| parent))
}

/// Certificates in PEM, as DER.
pub(super) fn certificates(pem: &str) -> Result<Vec<Vec<u8>>, String> {
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let ders = blocks.map(|block| super::bytes::base64(block.split("-----END").next().unwrap_or_default()));
    let ders: Vec<Vec<u8>> = ders.collect::<Option<_>>().ok_or("a certificate is no base64")?;
    if ders.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    Anchors::parse(&ders).map_err(|rejection| rejection.to_string())?;
    Ok(ders)
}
