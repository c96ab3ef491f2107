use assay_protocol::webauthn::{Descriptor, Hint, ResidentKey, User, UserVerification};

use super::{Expectations, Mediation, Pending, Wishes, begin};
use crate::relying_party::Misuse;
use crate::tests::{CHALLENGE, USER, rp};

fn user() -> User {
    User { id: USER.to_vec(), name: "alice".into(), display_name: "Alice".into() }
}

#[test]
fn the_defaults_suit_most() {
    let (options, pending) = begin(&rp(), user(), CHALLENGE.to_vec(), Wishes::default()).unwrap();
    let json = options.to_json();
    assert_eq!(json["rp"]["id"], "example.org");
    assert_eq!(json["user"]["id"], assay_protocol::base64url::encode(&USER));
    assert_eq!(json["attestation"], "none");
    assert_eq!(json["timeout"], 300_000);
    let algorithms: Vec<_> =
        json["pubKeyCredParams"].as_array().unwrap().iter().map(|one| one["alg"].clone()).collect();
    assert_eq!(algorithms, [-8, -7, -257]);
    assert_eq!(json["authenticatorSelection"]["residentKey"], "preferred");
    assert_eq!(json["authenticatorSelection"]["requireResidentKey"], false);
    assert!(!pending.user_verification_required);
    assert_eq!(pending.algorithms, [-8, -7, -257]);
}

#[test]
fn wishes_are_passed_on_and_remembered() {
    let wishes = Wishes {
        resident_key: ResidentKey::Required,
        user_verification: UserVerification::Required,
        hints: vec![Hint::SecurityKey, Hint::ClientDevice],
        exclude_credentials: vec![Descriptor::new(vec![9; 16], vec!["usb".into()])],
        mediation: Mediation::Conditional,
        ..Wishes::default()
    };
    let (options, pending) = begin(&rp(), user(), CHALLENGE.to_vec(), wishes).unwrap();
    let json = options.to_json();
    assert_eq!(json["authenticatorSelection"]["requireResidentKey"], true);
    assert_eq!(json["authenticatorSelection"]["authenticatorAttachment"], "cross-platform");
    assert_eq!(json["hints"][0], "security-key");
    assert_eq!(json["excludeCredentials"][0]["transports"][0], "usb");
    assert!(pending.user_verification_required);
    assert_eq!(pending.exclude_credentials, [vec![9; 16]]);
    assert_eq!(pending.mediation, Mediation::Conditional);
    assert_eq!(pending.expectations, Expectations::default());
}

#[test]
fn what_is_pending_can_be_stored() {
    let (_, pending) = begin(&rp(), user(), CHALLENGE.to_vec(), Wishes::default()).unwrap();
    let text = serde_json::to_string(&pending).unwrap();
    assert!(text.contains(&assay_protocol::base64url::encode(&CHALLENGE)));
    assert_eq!(serde_json::from_str::<Pending>(&text).unwrap(), pending);
}

#[test]
fn misuse_is_refused() {
    let begin_with = |user: User, challenge: &[u8], wishes| begin(&rp(), user, challenge.to_vec(), wishes).map(|_| ());
    let handle = |length| User { id: vec![1; length], ..user() };
    let default = Wishes::default;
    assert_eq!(begin_with(user(), &[1; 15], default()), Err(Misuse::ChallengeTooShort(15)));
    assert_eq!(begin_with(user(), &[1; 16], default()), Ok(()));
    assert_eq!(begin_with(handle(0), &CHALLENGE, default()), Err(Misuse::UserHandleLength(0)));
    assert_eq!(begin_with(handle(65), &CHALLENGE, default()), Err(Misuse::UserHandleLength(65)));
    assert_eq!(begin_with(handle(64), &CHALLENGE, default()), Ok(()));
    let nothing = Wishes { algorithms: Vec::new(), ..default() };
    assert_eq!(begin_with(user(), &CHALLENGE, nothing), Err(Misuse::NoAlgorithm));
}
