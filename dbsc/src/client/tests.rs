use serde_json::{Value, json};
use url::Url;

use super::refresh::{Answered, Applied, Next, apply, next};
use super::registration::process;
use super::*;
use crate::algorithm::Algorithm;
use crate::error::Reason;
use crate::headers::skipped::SkipReason;
use crate::instructions::{Instructions, SessionInstructions};
use crate::site::Secure;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn the_status_table() {
    use Next::{Apply, Keep, Sign, Terminate};
    let (unreachable, error) = (Keep(Some(SkipReason::Unreachable)), Keep(Some(SkipReason::ServerError)));
    for (status, specification, chromium) in [
        (200, Apply, Apply),
        (201, Apply, Apply),
        (204, Apply, Apply),
        (304, Keep(None), Terminate),
        (307, Keep(None), Keep(None)),
        (400, Terminate, Terminate),
        (401, Terminate, Terminate),
        (403, Sign, Sign),
        (404, Terminate, Terminate),
        (407, unreachable, unreachable),
        (408, Terminate, Terminate),
        (410, Terminate, Terminate),
        (429, Keep(None), Terminate),
        (500, error, error),
        (503, error, error),
    ] {
        assert_eq!(next(Answered::Status(status), Behaviour::Specification), specification, "{status}");
        assert_eq!(next(Answered::Status(status), Behaviour::Chromium156), chromium, "{status}");
    }
    assert_eq!(next(Answered::Unreachable, Behaviour::Specification), unreachable);
}

#[test]
fn offers() {
    let plan = |field: &str, from: &str, secure| {
        let plans = process(field, &url(from), &[Algorithm::Es256], secure).unwrap();
        plans.into_iter().next().unwrap().map_err(|error| error.reason)
    };
    let good =
        plan(r#"(RS256 none ES256);path="/reg?x";challenge="c""#, "https://a.example.com/in/login", Secure::Https)
            .unwrap();
    assert_eq!(good.endpoint.as_str(), "https://a.example.com/reg?x");
    assert_eq!(good.algorithm, Algorithm::Es256);
    for (field, from, expected) in [
        (r#"(RS256 none);path="/reg""#, "https://a.test/", Reason::RegistrationAlgorithmUnsupported),
        (r#"(ES256);path="https://b.test/reg""#, "https://a.test/", Reason::RegistrationEndpointCrossSite),
        (r#"(ES256);path="http://a.test/reg""#, "https://a.test/", Reason::RegistrationEndpointCrossSite),
        (r#"(ES256);path="/reg""#, "http://a.test/", Reason::RegistrationEndpointNotSecure),
        (r#"(ES256);path="/reg""#, "http://localhost/", Reason::RegistrationEndpointNotSecure),
        (
            r#"(ES256);path="/reg";provider_key="k";provider_session_id="s";provider_url="u""#,
            "https://a.test/",
            Reason::RegistrationProviderUnsupported,
        ),
    ] {
        assert_eq!(plan(field, from, Secure::Https), Err(expected), "{field} {from}");
    }
    assert!(plan(r#"(ES256);path="/reg""#, "http://localhost/", Secure::Loopback).is_ok());
    let sibling = plan(r#"(ES256);path="https://b.example.com/reg""#, "https://a.example.com/", Secure::Https);
    assert!(sibling.is_ok());
}

fn instructions(path: &str, value: Value) -> SessionInstructions {
    let mut document = json!({
        "session_identifier": "sid1",
        "refresh_url": "/refresh",
        "scope": {"origin": "https://www.example.com", "include_site": false},
        "credentials": [{"type": "cookie", "name": "auth", "attributes": "Path=/; Secure"}],
    });
    if let Some(member) = document.pointer_mut(path).filter(|_| !path.is_empty()) {
        *member = value;
    }
    match Instructions::parse(document.to_string().as_bytes()).unwrap() {
        Instructions::Continue(session) => session,
        Instructions::Terminate { .. } => panic!("continues"),
    }
}

fn create(path: &str, value: Value) -> Result<Session, Reason> {
    let from = url("https://www.example.com/v1/reg");
    Session::create(&instructions(path, value), &from, Algorithm::Es256, Secure::Https).map_err(|error| error.reason)
}

#[test]
fn sessions() {
    let session = create("", json!(null)).unwrap();
    assert_eq!(session.site, "https://example.com");
    assert_eq!(session.refresh_url.as_str(), "https://www.example.com/refresh");
    assert!(session.scope.includes(&url("https://www.example.com/page")));
    for (path, value, expected) in [
        ("/refresh_url", json!("http://www.example.com/r"), Reason::SessionRefreshUrlNotSecure),
        ("/refresh_url", json!("https://example.org/r"), Reason::SessionRefreshUrlCrossSite),
        ("/refresh_url", json!("https://["), Reason::InstructionsRefreshUrl),
        ("/scope/origin", json!("https://example.org"), Reason::SessionOriginCrossSite),
        ("/scope/origin", json!("https://www.example.com/x"), Reason::InstructionsOrigin),
        ("/scope/origin", json!("https://www.example.com/"), Reason::InstructionsOrigin),
        ("/scope/origin", json!("www.example.com"), Reason::InstructionsOrigin),
        ("/scope/include_site", json!(true), Reason::SessionOriginNotSite),
        ("/credentials/0/attributes", json!("Partitioned"), Reason::SessionPartitioned),
        ("/credentials/0/attributes", json!("Domain=example.org"), Reason::SessionCookieDomain),
        ("/credentials/0/attributes", json!("Domain=com"), Reason::SessionCookieDomain),
    ] {
        assert_eq!(create(path, value.clone()), Err(expected), "{path} {value}");
    }
    assert!(create("/refresh_url", json!("https://auth.example.com/r")).is_ok());
    assert!(create("/credentials/0/attributes", json!("Domain=example.com")).is_ok());
}

#[test]
fn a_session_for_the_site_asks_the_registrable_domain() {
    let from = url("https://www.example.com/reg");
    let mut given = instructions("/scope/include_site", json!(true));
    given.scope.origin = Some("https://example.com".to_owned());
    let session = Session::create(&given, &from, Algorithm::Es256, Secure::Https).unwrap();
    let asked = session.well_known(&from).unwrap();
    assert_eq!(asked.as_str(), "https://example.com/.well-known/device-bound-sessions");
    assert_eq!(session.well_known(&url("https://example.com/reg")), None);
    for (document, allowed) in [
        (r#"{"registering_origins":["https://www.example.com"]}"#, true),
        (r#"{"registering_origins":["https://www.example.com/"]}"#, false),
        (r#"{"registering_origins":["https://example.com"]}"#, false),
        (r#"{"registering_origins":"https://www.example.com"}"#, false),
        ("[]", false),
        ("", false),
    ] {
        assert_eq!(session::authorises(document.as_bytes(), &from), allowed, "{document}");
    }
}

#[test]
fn bodies_of_a_refresh() {
    let from = url("https://www.example.com/refresh");
    let mut session = create("", json!(null)).unwrap();
    session.challenge = Some("cached".to_owned());
    let applied = |body: &[u8]| apply(&session, body, &from, Secure::Https);
    assert_eq!(applied(b""), Ok(Applied::Unchanged));
    let same = instructions("", json!(null)).to_json().to_string();
    let Applied::Replaced(replaced) = applied(same.as_bytes()).unwrap() else {
        panic!("replaced");
    };
    assert_eq!((replaced.id.as_str(), replaced.challenge), ("sid1", None));
    let other = instructions("/session_identifier", json!("sid2")).to_json().to_string();
    for (body, expected) in [
        (other.as_str(), Reason::SessionIdentifierChanged),
        (r#"{"continue":false,"session_identifier":"sid1"}"#, Reason::SessionEnded),
        ("ok", Reason::InstructionsNotJson),
    ] {
        assert_eq!(applied(body.as_bytes()).map_err(|error| error.reason), Err(expected), "{body}");
    }
}

#[test]
fn initiators() {
    let mut session = create("", json!(null)).unwrap();
    let admits = |session: &Session, text: &str| session.admits_initiator(Some(&url(text)));
    assert!(session.admits_initiator(None));
    assert!(admits(&session, "https://example.com/"));
    assert!(!admits(&session, "https://partner.test/"));
    session.initiators =
        vec![crate::scope::HostPattern::parse("*.partner.test", Reason::InstructionsInitiators).unwrap()];
    assert!(admits(&session, "https://a.partner.test/"));
    assert!(!admits(&session, "https://partner.test/"));
}
