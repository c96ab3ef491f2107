//! One line of `assay verify`, read strictly: a member that it does not know is an error, never ignored.

use assay_protocol::base64url;
use assay_protocol::tree::json::{self, AnomalyKind, Node, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The specification's default algorithms (WebAuthn L3 5.1.3 step 10).
const DEFAULT_ALGORITHMS: [i64; 2] = [-7, -257];

/// Which ceremony a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// WebAuthn L3 7.1.
    Registration,
    /// WebAuthn L3 7.2.
    Authentication,
}

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
    /// `conditional` or absent.
    pub mediation: Option<String>,
    /// The algorithms offered.
    pub algorithms: Vec<i64>,
    /// Is use in a cross-origin frame expected?
    pub cross_origin: bool,
    /// The pages that may embed the relying party.
    pub top_origins: Vec<String>,
    /// DER; `None` where chains are not judged.
    pub trust_anchors: Option<Vec<Vec<u8>>>,
    /// The attestation types that are acceptable; empty for all.
    pub allow_attestation_types: Vec<String>,
    /// The extensions asked for.
    pub extensions: serde_json::Map<String, serde_json::Value>,
    /// The credential ids offered.
    pub allow_credentials: Vec<Vec<u8>>,
    /// The handle of the user, where the relying party knew the user beforehand.
    pub user_handle: Option<Vec<u8>>,
    /// The profile's name.
    pub profile: String,
    /// The text of the credential, untouched.
    pub credential: Vec<u8>,
    /// The record of the credential: authentication only.
    pub stored: Option<Stored>,
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
    /// BE at registration.
    pub backup_eligible: bool,
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
        let document = json::read(text);
        let nameless = |code, detail: String| LineError { id: serde_json::Value::Null, code, detail };
        if let Some(anomaly) = document.syntax_error() {
            return Err(nameless(
                "line_not_json",
                format!("{} at byte {}", anomaly.kind.code(), anomaly.range.start),
            ));
        }
        let Some(root) = document.root else {
            return Err(nameless("line_not_json", "nothing on the line".to_owned()));
        };
        let Value::Object(members) = &root.value else {
            return Err(nameless("line_not_object", "the line is no JSON object".to_owned()));
        };
        let id = root.get("id").map_or(serde_json::Value::Null, Node::to_serde);
        let fail = |(code, detail): Offence| LineError { id: id.clone(), code, detail };
        for anomaly in document.anomalies.iter().filter(|anomaly| anomaly.kind == AnomalyKind::DuplicateMember) {
            // Duplicates inside the credential are the credential's fault, and are rejected there.
            if !anomaly.path.starts_with("/credential/") {
                return Err(fail(("line_duplicate_member", format!("{} stands twice", anomaly.path))));
            }
        }
        for member in members {
            if !MEMBERS.contains(&member.key.as_str()) {
                return Err(fail(("line_unknown_member", format!("{:?} is not a member of a line", member.key))));
            }
        }
        Self::from_root(&root, text, id.clone()).map_err(fail)
    }

    fn from_root(root: &Node, text: &[u8], id: serde_json::Value) -> Result<Self, Offence> {
        if id.is_null() {
            return Err(("line_member_missing", "id is missing".to_owned()));
        }
        let ceremony = match string(root, "ceremony")?.as_deref() {
            Some("registration") => Ceremony::Registration,
            Some("authentication") => Ceremony::Authentication,
            Some(other) => return Err(("line_member_value", format!("ceremony {other:?} is neither registration nor authentication"))),
            None => return Err(("line_member_missing", "ceremony is missing".to_owned())),
        };
        let credential = root.get("credential").ok_or_else(|| missing("credential"))?;
        let stored = match root.get("stored") {
            Some(node) if !matches!(node.value, Value::Null) => Some(Stored::from_node(node)?),
            _ => None,
        };
        if ceremony == Ceremony::Authentication && stored.is_none() {
            return Err(missing("stored"));
        }
        let at = match string(root, "at")? {
            None => None,
            Some(text) => Some(
                OffsetDateTime::parse(&text, &Rfc3339)
                    .map_err(|error| ("line_member_value", format!("at is no RFC 3339 time: {error}")))?,
            ),
        };
        let trust_anchors = match root.get("trust_anchors") {
            None => None,
            Some(_) => Some(
                strings(root, "trust_anchors")?
                    .iter()
                    .map(|text| base64(text, "trust_anchors"))
                    .collect::<Result<_, _>>()?,
            ),
        };
        let extensions = match root.get("extensions").map(Node::to_serde) {
            None => serde_json::Map::new(),
            Some(serde_json::Value::Object(map)) => map,
            Some(_) => return Err(wrong_type("extensions", "an object")),
        };
        Ok(Self {
            id,
            ceremony,
            rp_id: string(root, "rp_id")?.ok_or_else(|| missing("rp_id"))?,
            origins: strings(root, "origins")?,
            challenge: bytes(root, "challenge")?.ok_or_else(|| missing("challenge"))?,
            at,
            user_verification: one_of(root, "user_verification", &["required", "preferred", "discouraged"])?
                .unwrap_or_else(|| "preferred".to_owned()),
            mediation: one_of(root, "mediation", &["silent", "optional", "conditional", "required", "immediate"])?,
            algorithms: algorithms(root)?,
            cross_origin: boolean(root, "cross_origin")?.unwrap_or(false),
            top_origins: strings(root, "top_origins")?,
            trust_anchors,
            allow_attestation_types: strings(root, "allow_attestation_types")?,
            extensions,
            allow_credentials: strings(root, "allow_credentials")?
                .iter()
                .map(|text| decode(text, "allow_credentials"))
                .collect::<Result<_, _>>()?,
            user_handle: bytes(root, "user_handle")?,
            profile: string(root, "profile")?.unwrap_or_else(|| "w3c-l3".to_owned()),
            credential: text.get(credential.range.clone()).unwrap_or_default().to_vec(),
            stored,
        })
    }
}

impl Stored {
    fn from_node(node: &Node) -> Result<Self, Offence> {
        let Value::Object(members) = &node.value else {
            return Err(wrong_type("stored", "an object"));
        };
        for member in members {
            if !STORED.contains(&member.key.as_str()) {
                return Err(("line_unknown_member", format!("{:?} is not a member of stored", member.key)));
            }
        }
        let sign_count = match node.get("sign_count").map(|count| &count.value) {
            None => 0,
            Some(Value::Number(text)) => text
                .parse()
                .map_err(|error| ("line_member_value", format!("stored.sign_count {text}: {error}")))?,
            Some(_) => return Err(wrong_type("stored.sign_count", "a number")),
        };
        Ok(Self {
            credential_id: bytes(node, "credential_id")?.ok_or_else(|| missing("stored.credential_id"))?,
            public_key: bytes(node, "public_key")?.ok_or_else(|| missing("stored.public_key"))?,
            sign_count,
            backup_eligible: boolean(node, "backup_eligible")?.unwrap_or(false),
            backup_state: boolean(node, "backup_state")?.unwrap_or(false),
            uv_initialized: boolean(node, "uv_initialized")?.unwrap_or(false),
            user_handle: bytes(node, "user_handle")?,
        })
    }
}

type Offence = (&'static str, String);

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
    "allow_attestation_types",
    "extensions",
    "allow_credentials",
    "user_handle",
    "profile",
    "credential",
    "stored",
];

const STORED: &[&str] = &[
    "credential_id",
    "public_key",
    "sign_count",
    "backup_eligible",
    "backup_state",
    "uv_initialized",
    "user_handle",
];

fn missing(name: &str) -> Offence {
    ("line_member_missing", format!("{name} is missing"))
}

fn wrong_type(name: &str, wanted: &str) -> Offence {
    ("line_member_type", format!("{name} is not {wanted}"))
}

/// A member that is absent and one that is null are the same.
fn present<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    node.get(name).filter(|member| !matches!(member.value, Value::Null))
}

fn string(node: &Node, name: &str) -> Result<Option<String>, Offence> {
    match present(node, name).map(|member| &member.value) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong_type(name, "a string")),
    }
}

fn one_of(node: &Node, name: &str, values: &[&str]) -> Result<Option<String>, Offence> {
    match string(node, name)? {
        Some(text) if !values.contains(&text.as_str()) => {
            Err(("line_member_value", format!("{name} {text:?} is none of {}", values.join(", "))))
        }
        other => Ok(other),
    }
}

fn boolean(node: &Node, name: &str) -> Result<Option<bool>, Offence> {
    match present(node, name).map(|member| &member.value) {
        None => Ok(None),
        Some(Value::Bool(truth)) => Ok(Some(*truth)),
        Some(_) => Err(wrong_type(name, "true or false")),
    }
}

fn strings(node: &Node, name: &str) -> Result<Vec<String>, Offence> {
    match present(node, name).map(|member| &member.value) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| match &item.value {
                Value::String(text) => Ok(text.clone()),
                _ => Err(wrong_type(name, "a list of strings")),
            })
            .collect(),
        Some(_) => Err(wrong_type(name, "a list of strings")),
    }
}

fn algorithms(node: &Node) -> Result<Vec<i64>, Offence> {
    match present(node, "algorithms").map(|member| &member.value) {
        None => Ok(DEFAULT_ALGORITHMS.to_vec()),
        Some(Value::Array(items)) if items.is_empty() => Ok(DEFAULT_ALGORITHMS.to_vec()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| match &item.value {
                Value::Number(text) => text.parse().ok(),
                _ => None,
            })
            .collect::<Option<_>>()
            .ok_or_else(|| wrong_type("algorithms", "a list of whole numbers")),
        Some(_) => Err(wrong_type("algorithms", "a list of whole numbers")),
    }
}

fn bytes(node: &Node, name: &str) -> Result<Option<Vec<u8>>, Offence> {
    string(node, name)?.map(|text| decode(&text, name)).transpose()
}

fn decode(text: &str, name: &str) -> Result<Vec<u8>, Offence> {
    base64url::decode(text).map_err(|error| ("line_member_value", format!("{name} is no base64url: {error}")))
}

/// Standard base64 as in PEM, or base64url: an anchor is pasted from anywhere.
fn base64(text: &str, name: &str) -> Result<Vec<u8>, Offence> {
    let url: String = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace() && *c != '=')
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    decode(&url, name)
}
