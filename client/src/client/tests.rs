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

/// A web in which one document is served, and what was asked of it.
struct Web(Option<Fetched>, std::sync::Arc<std::sync::Mutex<Vec<String>>>);

impl WellKnown for Web {
    fn fetch(&mut self, rp_id: &str) -> Option<Fetched> {
        self.1.lock().unwrap().push(rp_id.to_owned());
        self.0.clone()
    }
}

#[test]
fn related_origins_are_looked_up_where_the_site_is_another() {
    let listing = |origins: &[&str]| Fetched {
        status: 200,
        content_type: "application/json".to_owned(),
        body: serde_json::json!({ "origins": origins }).to_string().into_bytes(),
    };
    let six =
        ["https://a.com", "https://b.com", "https://c.com", "https://d.com", "https://e.com", "https://example.de"];
    let not_found = Fetched { status: 404, ..listing(&["https://example.de"]) };
    for (served, requested, is_allowed, is_asked) in [
        (Some(listing(&["https://example.de"])), "example.org", true, true),
        (Some(listing(&["https://example.fr"])), "example.org", false, true),
        (Some(listing(&six)), "example.org", false, true),
        (Some(not_found), "example.org", false, true),
        (None, "example.org", false, true),
        // One's own site needs no document, and no document gives a public suffix away.
        (None, "example.de", true, false),
        (Some(listing(&["https://example.de"])), "de", false, false),
    ] {
        let asked = std::sync::Arc::default();
        let mut page = client(Person::default());
        page.origin = "https://example.de".parse().unwrap();
        page.well_known = Some(Box::new(Web(served.clone(), std::sync::Arc::clone(&asked))));
        let prepared = page.prepare("webauthn.get", &[1], Some(requested), None);
        assert_eq!(prepared.is_ok(), is_allowed, "{requested} {served:?}");
        assert_eq!(!asked.lock().unwrap().is_empty(), is_asked, "{requested}");
        page.well_known = None;
        let prepared = page.prepare("webauthn.get", &[1], Some("example.org"), None);
        assert!(matches!(prepared, Err(ClientError::RpId(Refused::NotASuffix { .. }))));
    }
}
