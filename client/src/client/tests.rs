//! Client data, time limits, and what authenticators say of themselves.

use super::*;
use crate::testing::{Person, client};

#[test]
fn client_data_of_every_embedding() {
    let origin = |text: &str| text.parse::<Origin>().unwrap();
    for (embedding, rest) in [
        (Embedding::SameOrigin, r#""crossOrigin":false}"#),
        (Embedding::CrossOrigin { top_origin: None }, r#""crossOrigin":true}"#),
        (
            Embedding::CrossOrigin { top_origin: Some(origin("https://top.example:8443")) },
            r#""crossOrigin":true,"topOrigin":"https://top.example:8443"}"#,
        ),
    ] {
        let mut page = client(Person::default());
        page.origin = origin("https://login.example.org:8443");
        page.embedding = embedding;
        let prepared = page.prepare("webauthn.get", &[0xfb, 0xff], Some("example.org"), None).unwrap();
        let start = r#"{"type":"webauthn.get","challenge":"-_8","origin":"https://login.example.org:8443","#;
        assert_eq!(String::from_utf8(prepared.client_data_json).unwrap(), format!("{start}{rest}"));
        assert_eq!(prepared.rp_id, "example.org");
    }
}

#[test]
fn timeouts_are_clamped() {
    let timeouts = Timeouts::default();
    for (millis, seconds) in [(None, 300), (Some(0), 10), (Some(60_000), 60), (Some(u64::MAX), 600)] {
        assert_eq!(timeouts.of(millis), Duration::from_secs(seconds), "{millis:?}");
    }
}

#[test]
fn versions_and_attachment() {
    for (version, fits) in [("FIDO_2_0", true), ("FIDO_2_3", true), ("U2F_V2", false), ("", false)] {
        let info = get_info::Response { versions: vec![version.to_owned()], ..Default::default() };
        assert_eq!(require_ctap2(&info).is_ok(), fits, "{version}");
        assert_eq!(attachment(&info), AuthenticatorAttachment::CrossPlatform);
    }
    let options = Some([("plat".to_owned(), true)].into());
    let info = get_info::Response { options, ..Default::default() };
    assert_eq!(attachment(&info), AuthenticatorAttachment::Platform);
}
