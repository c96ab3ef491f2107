//! Prints how often webauthn-rs-core decides each ceremony a second of CPU time, as JSON. Its
//! challenges are its own, so the ceremonies are made for them; they are otherwise those of the
//! benchmark beside it.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use assay_mint::assertion::AssertionForge;
use assay_mint::lab::{Lab, MODEL};
use assay_mint::registration::RegistrationForge;
use assay_mint::statement::Format;
use rustix::time::{ClockId, clock_gettime};
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{
    AttestationCaList, AttestationCaListBuilder, COSEAlgorithm, Credential, PublicKeyCredential,
    RegisterPublicKeyCredential, RegistrationState, UserVerificationPolicy,
};

const RP_ID: &str = "example.org";
/// 2026-11-22; the lab's certificates are good for years around it.
const NOW: i64 = 1_795_305_600;
const ROUNDS: usize = 5;
const SHARE: Duration = Duration::from_millis(600);

fn main() {
    let lab = Lab::new([5; 32], NOW);
    let core = WebauthnCore::new_unsafe_experts_only(
        "Example",
        RP_ID,
        vec![url::Url::parse("https://example.org").expect("a URL")],
        Duration::from_secs(300),
        None,
        None,
    );
    let mut rates = BTreeMap::new();

    let (state, challenge) = begin(&core);
    let none = RegistrationForge::none(&lab, RP_ID, &challenge);
    let made = none.forge().expect("a registration");
    let text = made.text.clone();
    let credential = register(&core, &state, &text, None);
    rates.insert("none", rate(|| drop(black_box(register(&core, &state, black_box(&text), None)))));

    let (state, challenge) = begin(&core);
    let chain = lab.model(MODEL).direct();
    let root = chain.issue().expect("a chain").root;
    let packed = RegistrationForge {
        format: Format::Packed(Box::new(chain)),
        ..RegistrationForge::packed_model(&lab, MODEL, RP_ID, &challenge)
    };
    let text = packed.forge().expect("a registration").text;
    let anchors = anchors(&root);
    rates.insert("packed", rate(|| drop(black_box(register(&core, &state, black_box(&text), Some(&anchors))))));

    let builder = core
        .new_challenge_authenticate_builder(vec![credential], Some(UserVerificationPolicy::Required))
        .expect("a builder");
    let (challenge, state) = core.generate_challenge_authenticate(builder).expect("options");
    let challenge = challenge.public_key.challenge;
    let text = AssertionForge::new(&made.credential, &challenge).forge().expect("an assertion").text;
    rates.insert(
        "assertion",
        rate(|| {
            let response: PublicKeyCredential = serde_json::from_str(black_box(&text)).expect("JSON");
            black_box(core.authenticate_credential(&response, &state)).expect("accepted");
        }),
    );
    println!("{}", serde_json::json!({ "name": "webauthn-rs-core 0.6.2", "rates": rates }));
}

fn begin(core: &WebauthnCore) -> (RegistrationState, Vec<u8>) {
    let builder = core
        .new_challenge_register_builder(uuid::Uuid::nil().as_bytes(), "alice", "Alice")
        .expect("a builder")
        .user_verification_policy(UserVerificationPolicy::Required)
        .credential_algorithms(vec![COSEAlgorithm::ES256]);
    let (options, state) = core.generate_challenge_register(builder).expect("options");
    (state, options.public_key.challenge)
}

fn register(core: &WebauthnCore, state: &RegistrationState, text: &str, anchors: Option<&AttestationCaList>) -> Credential {
    let response: RegisterPublicKeyCredential = serde_json::from_str(text).expect("JSON");
    core.register_credential(&response, state, anchors).expect("accepted")
}

fn anchors(root: &[u8]) -> AttestationCaList {
    let mut builder = AttestationCaListBuilder::new();
    let aaguid = uuid::Uuid::from_bytes(*MODEL.as_bytes());
    builder.insert_device_der(root, aaguid, "lab".to_owned(), BTreeMap::new()).expect("an anchor");
    builder.build()
}

/// The median of the rounds.
fn rate(mut work: impl FnMut()) -> f64 {
    let mut rates = [0.0; ROUNDS];
    for rate in &mut rates {
        let (begun, mut count) = (now(), 0_u32);
        while now().saturating_sub(begun) < SHARE {
            (0..16).for_each(|_| work());
            count += 16;
        }
        *rate = f64::from(count) / now().saturating_sub(begun).as_secs_f64();
    }
    rates.sort_by(f64::total_cmp);
    rates[ROUNDS / 2]
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
