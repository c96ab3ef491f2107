//! Which page may do what, and which of the two, browser or relying party, says no.

use assay_client::{Client, ClientError, DomName, Embedding};
use assay_protocol::webauthn::{Dialect, RegistrationResponse, ResidentKey};
use assay_relying_party::registration::{self, Wishes};
use assay_relying_party::{Profile, Trust, authentication};

use super::NOW;
use super::desk::{Desk, Failure, ORIGIN, Person, user};

fn at(origin: &str) -> Desk {
    let mut desk = Desk::new();
    desk.client = Client::new(origin, Box::new(Person::default())).unwrap();
    desk
}

/// What the browser told the page, or the code with which the relying party refused.
fn verdict(failure: Failure) -> Result<DomName, &'static str> {
    match failure {
        Failure::Client(error) => Ok(error.name()),
        Failure::RelyingParty(rejection) => Err(rejection.code()),
    }
}

#[test]
fn origins() {
    for (origin, expected) in [
        // Somebody else's page cannot even ask.
        ("https://example.com", Ok(DomName::SecurityError)),
        ("https://example.org.evil.example", Ok(DomName::SecurityError)),
        ("https://notexample.org", Ok(DomName::SecurityError)),
        // A page below may ask, but is not the page that the relying party runs.
        ("https://evil.example.org", Err("origin_mismatch")),
        ("https://example.org:8443", Err("origin_mismatch")),
    ] {
        let failure = at(origin).register("ada", Wishes::default()).unwrap_err();
        assert_eq!(verdict(failure), expected, "{origin}");
    }
    at(ORIGIN).register("ada", Wishes::default()).unwrap();
    let mut desk = at("https://login.example.org");
    desk.rp.origins.push("https://login.example.org".to_owned());
    desk.register("ada", Wishes::default()).unwrap();
}

#[test]
fn origins_that_may_not_use_passkeys() {
    for origin in ["http://example.org", "https://127.0.0.1", "data:text/html,x", "null", "example.org", ""] {
        assert!(Client::new(origin, Box::new(Person::default())).is_err(), "{origin}");
    }
    assert!(Client::new("http://localhost:8080", Box::new(Person::default())).is_ok());
}

#[test]
fn frames() {
    let framed = |top_origin: Option<&str>| Embedding::CrossOrigin {
        top_origin: top_origin.map(|origin| origin.parse().unwrap()),
    };
    let portal = "https://portal.example";
    for (embedding, expected, tops, outcome) in [
        (Embedding::SameOrigin, false, &[][..], Ok(())),
        (framed(None), false, &[], Err("cross_origin_unexpected")),
        (framed(None), true, &[], Ok(())),
        (framed(Some(portal)), true, &[], Err("top_origin_unexpected")),
        (framed(Some(portal)), true, &["https://other.example"], Err("top_origin_unexpected")),
        (framed(Some(portal)), true, &[portal], Ok(())),
    ] {
        let mut desk = Desk::new();
        desk.client.embedding = embedding.clone();
        desk.rp.cross_origin = expected;
        desk.rp.top_origins = tops.iter().map(|origin| (*origin).to_owned()).collect();
        let got = desk.register("ada", Wishes::default()).map(drop).map_err(verdict);
        assert_eq!(got, outcome.map_err(Err), "{embedding:?} {expected} {tops:?}");
    }
}

/// An answer is for one question, and for one kind of question.
#[test]
fn answers_to_other_questions() {
    let mut desk = Desk::new();
    let (first, _) = registration::begin(&desk.rp, user("ada"), desk.challenge(), Wishes::default()).unwrap();
    let response = desk.client.create(&first, &mut desk.channel).unwrap();
    let profile = Profile::named("w3c-l3").unwrap();
    let (_, second) = registration::begin(&desk.rp, user("ada"), desk.challenge(), Wishes::default()).unwrap();
    let unjudged = Trust::unjudged();
    let refused = registration::finish(&desk.rp, &second, &response, &unjudged, &|_| false, &profile, NOW);
    assert_eq!(refused.unwrap_err().code(), "challenge_mismatch");

    // The same message a second time: the challenge is right, but the credential is there.
    let (options, pending) = registration::begin(&desk.rp, user("ada"), desk.challenge(), Wishes::default()).unwrap();
    let text = desk.client.create(&options, &mut desk.channel).unwrap().to_json().to_string();
    let response = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn).unwrap();
    let judged = |known: bool| {
        registration::finish(&desk.rp, &pending, &response, &unjudged, &|_| known, &profile, NOW).map(drop)
    };
    judged(false).unwrap();
    assert_eq!(judged(true).unwrap_err().code(), "credential_already_registered");
}

/// A sign-in on the right page with a key of the right person, after the RP ID has changed.
#[test]
fn another_relying_party_sees_nothing() {
    let mut desk = Desk::new();
    desk.register("ada", Wishes { resident_key: ResidentKey::Required, ..Wishes::default() }).unwrap();
    desk.rp.id = "example.net".to_owned();
    desk.rp.origins = vec!["https://example.net".to_owned()];
    desk.client = Client::new("https://example.net", Box::new(Person::default())).unwrap();
    let Err(Failure::Client(error)) = desk.sign_in(authentication::Wishes::default()) else { panic!("it told") };
    assert!(matches!(error, ClientError::Authenticator { .. }), "{error:?}");
    assert_eq!(error.name(), DomName::NotAllowedError);
}
