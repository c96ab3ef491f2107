use super::*;
use crate::error::Reason;

#[test]
fn what_is_written_is_read() {
    let unknown = UnknownCredential { rp_id: "example.org".into(), credential_id: vec![1, 0xfb] };
    assert_eq!(unknown.to_json(), json!({ "rpId": "example.org", "credentialId": "Afs" }));
    assert_eq!(UnknownCredential::from_json(unknown.to_json().to_string().as_bytes()), Ok(unknown));

    let all = AllAcceptedCredentials {
        rp_id: "example.org".into(),
        user_id: vec![2],
        all_accepted_credential_ids: vec![vec![1], vec![3]],
    };
    let expected = json!({ "rpId": "example.org", "userId": "Ag", "allAcceptedCredentialIds": ["AQ", "Aw"] });
    assert_eq!(all.to_json(), expected);
    assert_eq!(AllAcceptedCredentials::from_json(expected.to_string().as_bytes()), Ok(all));

    let details = CurrentUserDetails {
        rp_id: "example.org".into(),
        user_id: vec![2],
        name: "alice".into(),
        display_name: "Alice".into(),
    };
    assert_eq!(CurrentUserDetails::from_json(details.to_json().to_string().as_bytes()), Ok(details));
}

#[test]
fn what_is_wrong_is_named() {
    let unknown = |text: &str| UnknownCredential::from_json(text.as_bytes()).map_err(|error| error.reason);
    assert_eq!(unknown(r#"{"rpId":"example.org"}"#), Err(Reason::OptionsMemberMissing));
    assert_eq!(unknown(r#"{"rpId":"a","credentialId":"A="}"#), Err(Reason::OptionsMemberNotBase64url));
    assert_eq!(unknown("[]"), Err(Reason::OptionsNotObject));
    let all = |ids: &str| {
        let text = format!(r#"{{"rpId":"a","userId":"AQ","allAcceptedCredentialIds":{ids}}}"#);
        AllAcceptedCredentials::from_json(text.as_bytes()).map_err(|error| error.reason)
    };
    assert_eq!(all("[1]"), Err(Reason::OptionsMemberWrongType));
    assert_eq!(all(r#"["AQ","+"]"#), Err(Reason::OptionsMemberNotBase64url));
    assert!(all("[]").is_ok());
}
