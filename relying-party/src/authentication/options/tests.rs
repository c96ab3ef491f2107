use assay_protocol::webauthn::{Descriptor, UserVerification};
use serde_json::json;

use super::{Pending, Wishes, begin};
use crate::relying_party::Misuse;
use crate::tests::{CHALLENGE, rp};

#[test]
fn options_and_pending_agree() {
    let wishes = Wishes {
        user_handle: Some(vec![1]),
        allow_credentials: vec![Descriptor::new(vec![7; 16], vec!["internal".into()])],
        user_verification: UserVerification::Required,
        extensions: json!({ "appid": "https://example.org/u2f" }).as_object().unwrap().clone(),
        ..Wishes::default()
    };
    let (options, pending) = begin(&rp(), CHALLENGE.to_vec(), wishes).unwrap();
    let json = options.to_json();
    assert_eq!(json["rpId"], "example.org");
    assert_eq!(json["userVerification"], "required");
    assert_eq!(json["allowCredentials"][0]["transports"][0], "internal");
    assert_eq!(pending.allow_credentials, [vec![7; 16]]);
    assert_eq!(pending.app_id.as_deref(), Some("https://example.org/u2f"));
    assert!(pending.user_verification_required);

    let text = serde_json::to_string(&pending).unwrap();
    assert_eq!(serde_json::from_str::<Pending>(&text).unwrap(), pending);
}

#[test]
fn a_short_challenge_is_misuse() {
    let begun = begin(&rp(), vec![1; 15], Wishes::default()).map(|_| ());
    assert_eq!(begun, Err(Misuse::ChallengeTooShort(15)));
}
