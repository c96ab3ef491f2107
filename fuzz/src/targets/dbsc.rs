//! Device Bound Session Credentials: headers, proofs, instructions, cookies, scopes. The input's
//! first byte chooses which.

use std::sync::LazyLock;

use assay_dbsc::algorithm::Algorithm;
use assay_dbsc::client::session::{Session, authorises};
use assay_dbsc::client::{refresh, registration as offer};
use assay_dbsc::cookie::SetCookie;
use assay_dbsc::headers::{challenge, read_response, read_session_id, registration, skipped, write_single};
use assay_dbsc::instructions::Instructions;
use assay_dbsc::proof::{Claims, Proof, Unsigned};
use assay_dbsc::scope::path_matches;
use assay_dbsc::server::challenge::{Issued, Purpose, Used, Window};
use assay_dbsc::server::registration::{Offered, verify};
use assay_dbsc::site::Secure;
use assay_mint::keys::SigningKey;
use assay_protocol::check::Enforced;
use serde_json::json;
use url::Url;

use super::good;

const NOW: u64 = 1_800_000_000;
const ENDPOINT: &str = "https://example.com/v1/dbsc/registration";

pub(super) fn run(input: &[u8]) {
    let Some((kind, input)) = input.split_first() else { return };
    let text = std::str::from_utf8(input).ok();
    match (kind % 5, text) {
        (0, Some(text)) => headers(text),
        (1, Some(text)) => {
            let _ = proof(text);
        }
        (2, _) => instructions(input),
        (3, Some(text)) => cookie(text),
        (4, Some(text)) => {
            let (pattern, path) = text.split_once(' ').unwrap_or((text, "/"));
            let _ = path_matches(pattern, path);
        }
        _ => {}
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    assert!(proof(&PROOF), "a good proof is accepted");
    let texts = [
        (0, r#"(ES256 RS256);path="/v1/dbsc/registration";challenge="c";authorization="a""#.to_owned()),
        (0, r#""challenge";id="session", "other""#.to_owned()),
        (0, r#"unreachable;session_identifier="session", server_error"#.to_owned()),
        (0, r#""eyJhbGciOiJFUzI1NiJ9.e30.AAAA""#.to_owned()),
        (1, PROOF.clone()),
        (2, session().to_string()),
        (2, r#"{"session_identifier":"sid1","continue":false}"#.to_owned()),
        (3, "__Host-auth=value; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600; Domain=example.com; Expires=Wed, 21 Oct 2026 07:28:00 GMT".to_owned()),
        (4, "/a*b/*/c /axb/y/z/c".to_owned()),
    ];
    texts.map(|(kind, text)| [&[kind], text.as_bytes()].concat()).to_vec()
}

fn session() -> serde_json::Value {
    json!({
        "session_identifier": "sid1", "refresh_url": "/refresh", "allowed_refresh_initiators": ["*.example.net"],
        "scope": {"origin": "https://example.com", "include_site": true, "scope_specification": [
            {"type": "exclude", "domain": "*.example.com", "path": "/static"},
        ]},
        "credentials": [{"type": "cookie", "name": "auth", "attributes": "Domain=example.com; Path=/; Secure"}],
    })
}

/// Whatever was read can be written, and is read the same.
fn headers(text: &str) {
    let url = Url::parse(ENDPOINT).expect("a URL");
    if let Ok(offers) = registration::parse(text) {
        let offers: Vec<_> = offers.into_iter().flatten().collect();
        if let Ok(written) = registration::write(&offers) {
            let again: Vec<_> = registration::parse(&written).into_iter().flatten().flatten().collect();
            assert_eq!(again, offers, "{written}");
        }
        let _ = offer::process(text, &url, &[Algorithm::Es256], Secure::Https);
    }
    if let Ok(challenges) = challenge::parse(text) {
        let _ = challenge::for_session(&challenges, "session");
        let challenges: Vec<_> = challenges.into_iter().flatten().collect();
        if let Ok(written) = challenge::write(&challenges) {
            let again: Vec<_> = challenge::parse(&written).into_iter().flatten().flatten().collect();
            assert_eq!(again, challenges, "{written}");
        }
    }
    if let Ok(list) = skipped::parse(text) {
        let list: Vec<_> = list.into_iter().flatten().collect();
        if let Ok(written) = skipped::write(&list) {
            let again: Vec<_> = skipped::parse(&written).into_iter().flatten().flatten().collect();
            assert_eq!(again, list, "{written}");
        }
    }
    for read in [read_response, read_session_id] {
        if let Ok((value, form)) = read(text) {
            let _ = write_single(&value, form);
        }
    }
}

/// Nothing is believed but the one proof that was signed.
fn proof(text: &str) -> bool {
    let Ok(proof) = Proof::parse(text) else { return false };
    let offered = Offered {
        session: "sid1",
        algorithms: &[Algorithm::Es256],
        authorization: Some("a"),
        endpoint: ENDPOINT,
        window: Window { lifetime: 300, depth: 4 },
    };
    let issued = Issued {
        session: "sid1".to_owned(),
        purpose: Purpose::Registration,
        issued_at: NOW - 1,
        used: Used::No,
        newer: 0,
    };
    let lax = assay_dbsc::Check::ALL.iter().fold(Enforced::all(), |enforced, check| enforced.without(check.id()));
    let _ = verify(&proof, &offered, Some(&issued), NOW, &lax);
    let believed = verify(&proof, &offered, Some(&issued), NOW, &Enforced::all()).is_ok();
    if believed {
        let signed = |text: &str| text.rsplit_once('.').map(|(signed, _)| signed.to_owned());
        assert_eq!(signed(text), signed(&PROOF), "a proof is believed that nobody has signed");
    }
    believed
}

fn instructions(body: &[u8]) {
    let url = Url::parse(ENDPOINT).expect("a URL");
    let _ = authorises(body, &url);
    let Ok(read) = Instructions::parse(body) else { return };
    let written = read.to_json().to_string();
    assert_eq!(Instructions::parse(written.as_bytes()).as_ref(), Ok(&read), "{written}");
    let Instructions::Continue(described) = read else { return };
    let Ok(session) = Session::create(&described, &url, Algorithm::Es256, Secure::Https) else { return };
    let _ = (session.well_known(&url), session.admits_initiator(Some(&url)), session.scope.includes(&url));
    let _ = refresh::apply(&session, body, &url, Secure::Https);
}

fn cookie(text: &str) {
    let Some(cookie) = SetCookie::parse(text) else { return };
    let identity = cookie.attributes.resolve("example.com", "/a/b");
    let _ = cookie.attributes.differences(&cookie.attributes, "example.com", "/a/b");
    let _ = identity.reaches(&Url::parse(ENDPOINT).expect("a URL"));
}

static PROOF: LazyLock<String> = LazyLock::new(|| {
    let key = SigningKey::es256(good::lab().seed());
    let claims = Claims { jti: Some("c"), authorization: Some("a"), audience: None };
    Unsigned::registration(&key.public_key(), Algorithm::Es256, claims)
        .sign(|message| fixed(&key.sign(message).expect("the lab signs")))
});

/// An ECDSA signature as JWS has it.
fn fixed(der: &[u8]) -> Vec<u8> {
    let document = assay_protocol::tree::der::read(der);
    let numbers = document.root.map(|root| root.children).unwrap_or_default();
    let padded = numbers.iter().map(|number| {
        let digits: Vec<u8> = number.content_of(der).iter().copied().skip_while(|byte| *byte == 0).collect();
        [vec![0; 32_usize.saturating_sub(digits.len())], digits].concat()
    });
    padded.flatten().collect()
}
