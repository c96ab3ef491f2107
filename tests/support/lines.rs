//! Lines about forged ceremonies, and their verdicts.

use assay::verify::decide_text;
use assay_mint::assertion::AssertionForge;
use assay_mint::credential::Credential;
use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::authenticator_data::Flags;
use assay_protocol::base64url::encode;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

/// The clock of lab and verifier: 2026-11-22.
const NOW: i64 = 1_795_305_600;
pub(crate) const RP_ID: &str = "example.org";
pub(crate) const CHALLENGE: [u8; 32] = [0x11; 32];

pub(crate) fn lab() -> Lab {
    Lab::new([9; 32], NOW)
}

pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap()
}

/// A line; its credential is text, so that it can be wrong as text.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) members: Map<String, Value>,
    pub(crate) credential: String,
}

impl Line {
    /// The fewest members with which this registration can be decided.
    pub(crate) fn registration(forge: &RegistrationForge) -> Self {
        Self::of(
            json!({
                "id": "1",
                "ceremony": "registration",
                "rp_id": RP_ID,
                "origins": [format!("https://{RP_ID}")],
                "challenge": encode(&CHALLENGE),
            }),
            forge.forge().unwrap().text,
        )
    }

    /// The same for an authentication with this credential.
    pub(crate) fn authentication(credential: &Credential, forge: &AssertionForge) -> Self {
        let flags = Flags(credential.flags);
        Self::of(
            json!({
                "id": "1",
                "ceremony": "authentication",
                "rp_id": RP_ID,
                "origins": [format!("https://{RP_ID}")],
                "challenge": encode(&CHALLENGE),
                "stored": {
                    "credential_id": encode(&credential.id),
                    "public_key": encode(&credential.key.cose_key().to_cbor()),
                    "sign_count": credential.sign_count,
                    "backup_eligible": flags.be(),
                    "backup_state": flags.bs(),
                    "uv_initialized": flags.uv(),
                },
            }),
            forge.forge().unwrap().text,
        )
    }

    fn of(members: Value, credential: String) -> Self {
        let Value::Object(members) = members else { panic!("{members}") };
        Self { members, credential }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.members.remove(name).unwrap();
        self
    }

    pub(crate) fn stored(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members["stored"][name] = value.into();
        self
    }

    pub(crate) fn not_stored(mut self, name: &str) -> Self {
        self.members["stored"].as_object_mut().unwrap().remove(name).unwrap();
        self
    }

    pub(crate) fn credential(mut self, text: impl Into<String>) -> Self {
        self.credential = text.into();
        self
    }

    /// The line's text, the credential in the middle of it.
    pub(crate) fn text(&self) -> String {
        let members = Value::Object(self.members.clone()).to_string();
        let rest = members.strip_prefix('{').unwrap();
        format!("{{\"credential\":{},{rest}", self.credential)
    }

    pub(crate) fn decide(&self) -> Value {
        decide_text(self.text().as_bytes(), 1, now())
    }

    /// `accept`, the code of the rejection, or `error:` and its code.
    pub(crate) fn code(&self) -> String {
        code(&self.decide())
    }
}

pub(crate) fn code(verdict: &Value) -> String {
    let code = || verdict["code"].as_str().unwrap();
    match verdict["outcome"].as_str().unwrap() {
        "accept" => {
            assert!(verdict["code"].is_null(), "{verdict}");
            "accept".to_owned()
        }
        "reject" => code().to_owned(),
        "error" => format!("error:{}", code()),
        other => panic!("{other}"),
    }
}

/// Decides every row and names all that come out otherwise.
pub(crate) fn check(rows: impl IntoIterator<Item = (&'static str, Line, &'static str)>) {
    let wrong = rows.into_iter().filter_map(|(what, line, expected)| {
        let verdict = line.decide();
        (code(&verdict) != expected).then(|| format!("{what}: expected {expected}, got {verdict}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A credential that has logged in before.
pub(crate) fn credential() -> Credential {
    let mut credential = RegistrationForge::none(&lab(), RP_ID, &CHALLENGE).forge().unwrap().credential;
    credential.sign_count = 7;
    credential
}
