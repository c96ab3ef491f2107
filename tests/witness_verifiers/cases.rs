//! Every twin, and every edit that changes it, as a line of `assay verify` and our verdict on it.

use std::env;

use assay::verify::decide_text;
use assay_mint::assertion::AssertionForge;
use assay_mint::credential::Credential;
use assay_mint::edits::{Edit, Effect};
use assay_mint::keys::SigningKey;
use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::base64url::encode;
use assay_protocol::digest::sha256;
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::support::lines::{CHALLENGE, Line, RP_ID};

/// A ceremony, decided by us.
pub(super) struct Case {
    /// `KIND/ALGORITHM/EDIT`, `KIND/ALGORITHM/twin` for the good ones; `suite/..` for the suite's.
    pub(super) id: String,
    pub(super) line: String,
    /// `accept`, or the code of the refusal.
    pub(super) ours: String,
}

/// Every twin, every harmless edit of it, and a tenth of the others.
pub(super) fn forged() -> Vec<Case> {
    let twins = twins();
    let edited = |twin: &Twin| -> Vec<Case> {
        let good = twin.line(None);
        let edits = Edit::all().filter(|edit| edit.info().effect == Effect::Harmless || is_chosen(edit.slug()));
        let lines = edits.map(|edit| (edit.slug(), twin.line(Some(edit))));
        let changed = lines.filter(|(_, line)| line.text() != good.text());
        let all = [("twin", good.clone())].into_iter().chain(changed);
        all.filter_map(|(slug, line)| decided(format!("{}/{slug}", twin.name), line)).collect()
    };
    twins.iter().flat_map(edited).collect()
}

/// The case of this line, unless no ceremony can be found in it: that is no witness's business.
pub(super) fn decided(id: String, line: Line) -> Option<Case> {
    let line = line.with("id", id.as_str()).text();
    let verdict = decide_text(line.as_bytes(), 1, NOW);
    let ours = match verdict["outcome"].as_str().unwrap() {
        "accept" => "accept".to_owned(),
        "reject" => verdict["code"].as_str().unwrap().to_owned(),
        _ => return None,
    };
    Some(Case { id, line, ours })
}

/// One in ten, always the same ones, whatever is added beside them; all with `ASSAY_LONG=1`.
pub(super) fn is_chosen(name: &str) -> bool {
    env::var_os("ASSAY_LONG").is_some_and(|long| long == "1") || sha256(name.as_bytes())[0].is_multiple_of(10)
}

/// 2026-11-22. Witnesses look at the clock on the wall, so the lab's certificates must be valid on
/// the day of the test: they are from two years before this day to three years after it.
pub(super) const NOW: OffsetDateTime = datetime!(2026-11-22 00:00 UTC);

/// The lab of every case.
pub(super) const SEED: [u8; 32] = [6; 32];

/// A good ceremony.
struct Twin {
    name: String,
    forge: Forge,
}

enum Forge {
    Registration(Box<RegistrationForge>),
    Authentication(Box<Credential>, Box<AssertionForge>),
}

fn twins() -> Vec<Twin> {
    let lab = Lab::new(SEED, NOW.unix_timestamp());
    let keys = [
        ("es256", SigningKey::es256(&lab.seed().derive("es256"))),
        ("ed25519", SigningKey::ed25519(&lab.seed().derive("ed25519")).unwrap()),
        ("rs256", SigningKey::rs256().unwrap()),
    ];
    let mut twins = Vec::new();
    for (name, key) in keys {
        // A model that says nothing of itself, where nobody vouches for it.
        let zero = Aaguid::ZERO;
        let none = RegistrationForge {
            credential_key: key.clone(),
            aaguid: zero,
            ..RegistrationForge::none(&lab, RP_ID, &CHALLENGE)
        };
        let own = RegistrationForge {
            credential_key: key.clone(),
            aaguid: zero,
            ..RegistrationForge::packed_self(&lab, RP_ID, &CHALLENGE)
        };
        let packed = RegistrationForge { credential_key: key, ..RegistrationForge::packed(&lab, RP_ID, &CHALLENGE) };
        let mut credential = none.forge().unwrap().credential;
        credential.sign_count = 7;
        credential.user_handle = Some(b"alice".to_vec());
        let assertion = AssertionForge::new(&credential, &CHALLENGE);
        let registrations = [("none", none), ("packed-self", own), ("packed", packed)];
        twins.extend(
            registrations.map(|(kind, forge)| Twin {
                name: format!("{kind}/{name}"),
                forge: Forge::Registration(Box::new(forge)),
            }),
        );
        twins.push(Twin {
            name: format!("assertion/{name}"),
            forge: Forge::Authentication(Box::new(credential), Box::new(assertion)),
        });
    }
    let u2f = RegistrationForge::fido_u2f(&lab, "witness", RP_ID, &CHALLENGE);
    twins.push(Twin { name: "fido-u2f/es256".to_owned(), forge: Forge::Registration(Box::new(u2f)) });
    twins
}

impl Twin {
    fn line(&self, edit: Option<Edit>) -> Line {
        match &self.forge {
            Forge::Registration(forge) => {
                let mut edited = forge.as_ref().clone();
                edited.edits.extend(edit);
                let line = Line::registration(&edited).with("algorithms", json!([-8, -7, -257]));
                // The anchor that was issued before anything went wrong.
                match forge.format.chain() {
                    Some(chain) => line.with("trust_anchors", json!([encode(&chain.issue().unwrap().root)])),
                    None => line,
                }
            }
            Forge::Authentication(credential, forge) => {
                let mut edited = forge.as_ref().clone();
                edited.edits.extend(edit);
                Line::authentication(credential, &edited)
                    .with("user_handle", encode(b"alice"))
                    .with("allow_credentials", vec![encode(&credential.id)])
            }
        }
    }
}
