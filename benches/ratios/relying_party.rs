//! The two ceremonies from JSON text to verdict, and the signature verification inside them.

use std::hint::black_box;
use std::sync::Arc;

use assay_attestation::{Anchors, Cache};
use assay_mint::assertion::{Assertion, AssertionForge};
use assay_mint::credential::Credential;
use assay_mint::edits::SignatureEdit;
use assay_mint::lab::{Lab, MODEL};
use assay_mint::registration::{Registration, RegistrationForge};
use assay_mint::statement::Format;
use assay_protocol::base64url;
use assay_protocol::digest::sha256;
use assay_protocol::webauthn::{AuthenticationResponse, Dialect, RegistrationResponse};
use assay_relying_party::registration::{Expectations, Mediation};
use assay_relying_party::{BackupPolicy, CredentialRecord, Profile, Rejection, RelyingParty, Trust};
use assay_relying_party::{authentication, registration};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::race::Contestant;

pub(crate) const BARE: &str = "bare P-256 verification by aws-lc-rs";
pub(crate) const ASSERTION: &str = "assertion, from JSON";
pub(crate) const PACKED: &str = "registration, packed, chain to an anchor, from JSON";
pub(crate) const KNOWN_PATH: &str = "the same, its path known from before";
const UNVERIFIED: &str = "assertion, all but the verification";
pub(crate) const NONE: &str = "registration, none, from JSON";

const NOW: i64 = 1_795_305_600;
const RP_ID: &str = "example.org";
const CHALLENGE: [u8; 32] = [0x44; 32];
const USER: &[u8] = b"alice";

/// The same ceremonies as lines of `assay verify`, for others to decide.
pub(crate) fn lines() -> String {
    let made = Ceremonies::forge();
    let line = |id: &str, ceremony: &str, text: &str, more: Value| {
        let mut line = json!({
            "id": id, "ceremony": ceremony, "rp_id": RP_ID, "origins": [format!("https://{RP_ID}")],
            "challenge": base64url::encode(&CHALLENGE), "user_verification": "required", "algorithms": [-8, -7, -257],
            "credential": serde_json::from_str::<Value>(text).expect("JSON"),
        });
        if let (Value::Object(members), Value::Object(more)) = (&mut line, more) {
            members.extend(more);
        }
        format!("{line}\n")
    };
    let stored = json!({
        "credential_id": base64url::encode(&made.credential.id), "sign_count": 0,
        "public_key": base64url::encode(&made.credential.key.cose_key().to_cbor()),
    });
    [
        line("none", "registration", &made.none.text, json!({})),
        line("packed", "registration", &made.packed.text, json!({ "trust_anchors": [base64url::encode(&made.root)] })),
        line("assertion", "authentication", &made.assertion.text, json!({ "stored": stored })),
    ]
    .concat()
}

/// One of each.
struct Ceremonies {
    credential: Credential,
    none: Registration,
    packed: Registration,
    /// The anchor of its path.
    root: Vec<u8>,
    forge: AssertionForge,
    assertion: Assertion,
}

impl Ceremonies {
    fn forge() -> Self {
        let lab = Lab::new([5; 32], NOW);
        let none = RegistrationForge::none(&lab, RP_ID, &CHALLENGE);
        // Two verifications in all: the statement's, and the leaf's by the anchor.
        let chain = lab.model(MODEL).direct();
        let root = chain.issue().expect("a chain").root;
        let packed = RegistrationForge { format: Format::Packed(Box::new(chain)), ..none.clone() };
        let none = none.forge().expect("a registration");
        let credential = none.credential.clone();
        let forge = AssertionForge { user_handle: Some(USER.to_vec()), ..AssertionForge::new(&credential, &CHALLENGE) };
        let assertion = forge.forge().expect("an assertion");
        Self { credential, none, packed: packed.forge().expect("a registration"), root, forge, assertion }
    }
}

pub(crate) fn contestants() -> Vec<Contestant> {
    let Ceremonies { credential, none, packed, root, forge, assertion } = Ceremonies::forge();
    let sec1 = credential.key.cose_key().sec1().expect("a point");
    let message = [assertion.auth_data.as_slice(), &sha256(&assertion.client_data_json)].concat();

    let judge = Judge::new(&credential.id, &credential.key.cose_key().to_cbor());
    let [for_assertion, for_unverified, for_none] = [(); 3].map(|()| judge.clone());
    let cache = Some(Arc::new(Cache::new(16)));
    let for_known = Judge { anchors: Some(Anchors::parse([&root]).expect("an anchor")), cache, ..judge.clone() };
    let for_packed = Judge { anchors: Some(Anchors::parse([root]).expect("an anchor")), ..judge };
    let text = assertion.text;
    let unverified = forge.edited(SignatureEdit::TrailingByte).forge().expect("an assertion").text;
    let (none, packed, again) = (none.text, packed.text.clone(), packed.text);
    vec![
        Contestant::new(BARE, move || {
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, black_box(&sec1));
            key.verify(black_box(&message), black_box(&assertion.signature)).expect("a good signature");
        }),
        Contestant::new(ASSERTION, move || {
            black_box(for_assertion.assertion(black_box(&text))).expect("accepted");
        }),
        Contestant::new(UNVERIFIED, move || {
            black_box(for_unverified.assertion(black_box(&unverified))).expect_err("refused at the signature's form");
        }),
        Contestant::new(NONE, move || {
            black_box(for_none.registration(black_box(&none))).expect("accepted");
        }),
        Contestant::new(KNOWN_PATH, move || {
            black_box(for_known.registration(black_box(&again))).expect("accepted");
        }),
        Contestant::new(PACKED, move || {
            black_box(for_packed.registration(black_box(&packed))).expect("accepted");
        }),
    ]
}

/// What a relying party has at hand when a response comes.
#[derive(Clone)]
struct Judge {
    rp: RelyingParty,
    profile: Profile,
    registering: registration::Pending,
    authenticating: authentication::Pending,
    record: CredentialRecord,
    anchors: Option<Anchors>,
    cache: Option<Arc<Cache>>,
    now: OffsetDateTime,
}

impl Judge {
    fn new(credential_id: &[u8], public_key: &[u8]) -> Self {
        Self {
            rp: RelyingParty::new(RP_ID, "Example", vec![format!("https://{RP_ID}")]),
            profile: Profile::default(),
            registering: registration::Pending {
                challenge: CHALLENGE.to_vec(),
                user_handle: USER.to_vec(),
                algorithms: vec![-8, -7, -257],
                user_verification_required: true,
                mediation: Mediation::Optional,
                exclude_credentials: Vec::new(),
                expectations: Expectations::default(),
                asked: Default::default(),
            },
            authenticating: authentication::Pending {
                challenge: CHALLENGE.to_vec(),
                user_handle: Some(USER.to_vec()),
                allow_credentials: vec![credential_id.to_vec()],
                user_verification_required: true,
                app_id: None,
                backup: BackupPolicy::Any,
                asked: Default::default(),
                payment: None,
            },
            record: CredentialRecord::new(credential_id.to_vec(), public_key.to_vec()),
            anchors: None,
            cache: None,
            now: OffsetDateTime::from_unix_timestamp(NOW).expect("a time"),
        }
    }

    fn registration(&self, text: &str) -> Result<registration::Registration, Rejection> {
        let response = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn)?;
        let trust = Trust { anchors: self.anchors.as_ref(), cache: self.cache.as_deref(), ..Trust::unjudged() };
        registration::finish(&self.rp, &self.registering, &response, &trust, &|_| false, &self.profile, self.now)
    }

    fn assertion(&self, text: &str) -> Result<authentication::Authentication, Rejection> {
        let response = AuthenticationResponse::from_json(text.as_bytes(), Dialect::WebAuthn)?;
        let held = authentication::Held { user_handle: USER, record: &self.record };
        authentication::finish(&self.rp, &self.authenticating, &response, Some(held), &self.profile)
    }
}
