use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use assay_dbsc::headers::{challenge, registration as offers};
use assay_dbsc::instructions::Instructions;
use assay_dbsc::proof::{Claims, Unsigned};
use assay_dbsc::{Algorithm, Duty};
use assay_protocol::cose::{Curve, PublicKey};
use assay_relying_party::Profile;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use time::OffsetDateTime;

use super::*;
use crate::audit::Query;
use crate::config::{Clock, Config};
use crate::store::sqlite::Sqlite;

#[derive(Debug)]
struct Manual(AtomicI64);

impl Clock for Manual {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

const START: i64 = 1_800_000_000;
const ORIGIN: &str = "https://example.com";

struct Lab {
    state: AppState,
    clock: Arc<Manual>,
}

/// A browser by hand: the session cookie's session, the bound cookie, and a key.
struct Browser {
    session: Session,
    key: SigningKey,
    headers: HeaderMap,
    id: String,
    next: String,
}

fn lab(without: &[&'static str]) -> Lab {
    let clock = Arc::new(Manual(AtomicI64::new(START)));
    let mut config = Config::new("example.com", vec![ORIGIN.to_owned()], Profile::default());
    config.clock = clock.clone();
    config.without = without.to_vec();
    let store = Sqlite::open(&config.database).unwrap();
    for number in [1, 2] {
        store.begin_session(session(number)).unwrap();
    }
    let state = AppState::new(config, Box::new(store), "ten".to_owned(), [0; 32]);
    Lab { state, clock }
}

fn session(number: u8) -> Session {
    let created_at = OffsetDateTime::from_unix_timestamp(START).unwrap();
    Session {
        id: Digest([number; 32]),
        tenant_id: "ten".to_owned(),
        user_id: format!("usr_{number}"),
        credential_id: vec![number],
        created_at,
        expires_at: created_at + Duration::from_secs(8 * 3600),
    }
}

impl Lab {
    fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A browser that has signed in and taken the offer.
    fn bound(&self, number: u8) -> Browser {
        let mut browser = Browser {
            session: session(number),
            key: SigningKey::from_slice(&[number; 32]).unwrap(),
            headers: HeaderMap::new(),
            id: String::new(),
            next: String::new(),
        };
        let offer = self.offer(&browser);
        let claims =
            Claims { jti: offer.challenge.as_deref(), authorization: offer.authorization.as_deref(), audience: None };
        let proof = Unsigned::registration(&browser.public(), Algorithm::Es256, claims);
        let answer = self.register(&browser, &proof).unwrap();
        browser.take(&answer);
        browser
    }

    fn offer(&self, browser: &Browser) -> offers::Registration {
        let headers = offer(&self.state, &browser.session, &HeaderMap::new()).unwrap();
        let text = headers[0].1.to_str().unwrap();
        offers::parse(text).unwrap().remove(0).unwrap()
    }

    fn register(&self, browser: &Browser, proof: &Unsigned) -> Result<Answer, String> {
        let headers = browser.with(&[(Header::Response, &browser.sign(proof))]);
        registration::register(&self.state, &browser.session, &headers).map_err(code)
    }

    fn refresh(&self, browser: &Browser, jti: &str) -> Result<Answer, String> {
        let claims = Claims { jti: Some(jti), ..Claims::default() };
        self.refresh_with(browser, &Unsigned::refresh(Algorithm::Es256, claims))
    }

    fn refresh_with(&self, browser: &Browser, proof: &Unsigned) -> Result<Answer, String> {
        let proof = browser.sign(proof);
        let headers = browser.with(&[(Header::SessionId, &browser.id), (Header::Response, &proof)]);
        refresh::refresh(&self.state, None, &headers).map_err(code)
    }

    fn unsigned(&self, browser: &Browser) -> Result<Answer, String> {
        let headers = browser.with(&[(Header::SessionId, &browser.id)]);
        refresh::refresh(&self.state, None, &headers).map_err(code)
    }

    fn whoami(&self, browser: &Browser) -> Result<Binding, String> {
        require(&self.state, &browser.session, &browser.headers).map_err(code)
    }

    fn events(&self) -> Vec<String> {
        let query = Query { limit: 100, ..Query::default() };
        let lines = self.state.store().audit("ten", &query).unwrap();
        lines.into_iter().map(|line| line.event_type).collect()
    }
}

impl Browser {
    fn public(&self) -> PublicKey {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().unwrap().to_vec(), point.y().unwrap().to_vec());
        PublicKey::Ec2 { curve: Curve::P256, x, y }
    }

    fn sign(&self, proof: &Unsigned) -> String {
        proof.sign(|message| {
            let signature: Signature = self.key.sign(message);
            signature.to_bytes().to_vec()
        })
    }

    fn with(&self, more: &[(Header, &str)]) -> HeaderMap {
        let mut headers = self.headers.clone();
        for (header, value) in more {
            let name = HeaderName::from_bytes(header.name().as_bytes()).unwrap();
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    /// Keeps what an answer gives: the cookie, the session's name, the next challenge.
    fn take(&mut self, answer: &Answer) {
        let value = header_of(answer, "Set-Cookie");
        let pair = value.split(';').next().unwrap();
        self.headers.insert(header::COOKIE, HeaderValue::from_str(pair).unwrap());
        let body = answer.body.as_ref().unwrap().to_string();
        let Ok(Instructions::Continue(instructions)) = Instructions::parse(body.as_bytes()) else {
            panic!("{body}");
        };
        self.id = instructions.session_identifier;
        self.next = challenge_of(answer);
    }
}

fn header_of<'a>(answer: &'a Answer, name: &str) -> &'a str {
    &answer.headers.iter().find(|(found, _)| *found == name).unwrap().1
}

fn challenge_of(answer: &Answer) -> String {
    let parsed = challenge::parse(header_of(answer, Header::Challenge.name())).unwrap();
    parsed.into_iter().next().unwrap().unwrap().value
}

fn code(error: Error) -> String {
    error.problem().code.to_owned()
}

#[test]
fn a_session_is_bound_and_kept_fresh() {
    let lab = lab(&[]);
    let plain = Browser { headers: HeaderMap::new(), ..lab.bound(2) };
    assert_eq!(lab.whoami(&plain), Err("dbsc_bound_cookie_missing".to_owned()));
    let mut browser = lab.bound(1);
    assert_eq!(lab.whoami(&browser), Ok(Binding::Bound));
    lab.wait(601);
    assert_eq!(lab.whoami(&browser), Err("dbsc_bound_cookie_expired".to_owned()));
    let answer = lab.refresh(&browser, &browser.next).unwrap();
    assert_eq!(answer.status, 200);
    browser.take(&answer);
    assert_eq!(lab.whoami(&browser), Ok(Binding::Bound));
    lab.wait(901);
    // The challenge that came early has gone stale by now: the server asks again.
    let asked = lab.refresh(&browser, &browser.next).unwrap();
    assert_eq!(asked.status, 403);
    assert_eq!(asked.body.as_ref().unwrap()["code"], "dbsc_challenge_stale");
    let answer = lab.refresh(&browser, &challenge_of(&asked)).unwrap();
    assert_eq!(answer.status, 200);
    browser.take(&answer);
    assert_eq!(lab.whoami(&browser), Ok(Binding::Bound));
}

#[test]
fn without_dbsc_a_session_is_unbound() {
    let lab = lab(&[]);
    assert_eq!(require(&lab.state, &session(1), &HeaderMap::new()).unwrap(), Binding::Unbound);
    offer(&lab.state, &session(1), &HeaderMap::new()).unwrap();
    assert_eq!(require(&lab.state, &session(1), &HeaderMap::new()).unwrap(), Binding::Unbound);
}

#[test]
fn a_thief_has_ten_minutes_and_ends_the_session_by_trying() {
    let lab = lab(&[]);
    let victim = lab.bound(1);
    let thief = Browser {
        session: victim.session.clone(),
        key: SigningKey::from_slice(&[9; 32]).unwrap(),
        headers: victim.headers.clone(),
        id: victim.id.clone(),
        next: victim.next.clone(),
    };
    assert_eq!(lab.whoami(&thief), Ok(Binding::Bound));
    lab.wait(601);
    assert_eq!(lab.whoami(&thief), Err("dbsc_bound_cookie_expired".to_owned()));
    let asked = lab.unsigned(&thief).unwrap();
    assert_eq!(asked.status, 403);
    assert_eq!(lab.refresh(&thief, &challenge_of(&asked)).map(drop), Err("dbsc_proof_signature".to_owned()));
    assert_eq!(lab.unsigned(&victim).map(drop), Err("dbsc_session_terminated".to_owned()));
    assert_eq!(lab.state.store().session(victim.session.id).unwrap(), None);
    let events = lab.events();
    for expected in
        ["dbsc.offered", "dbsc.registered", "dbsc.challenged", "dbsc.rejected", "dbsc.terminated", "session.ended"]
    {
        assert!(events.iter().any(|event| event == expected), "{expected}: {events:?}");
    }
}

#[test]
fn a_challenge_is_good_once_and_races_have_one_each() {
    let lab = lab(&[]);
    let browser = lab.bound(1);
    let first = challenge_of(&lab.unsigned(&browser).unwrap());
    let second = challenge_of(&lab.unsigned(&browser).unwrap());
    assert_eq!(lab.refresh(&browser, &second).unwrap().status, 200);
    assert_eq!(lab.refresh(&browser, &first).unwrap().status, 200);
    let again = lab.refresh(&browser, &first).unwrap();
    assert_eq!((again.status, &again.body.unwrap()["code"]), (403, &json!("dbsc_challenge_reused")));
    for _ in 0..state::DEPTH {
        lab.unsigned(&browser).unwrap();
    }
    let pushed_out = lab.refresh(&browser, &browser.next).unwrap();
    assert_eq!(pushed_out.body.unwrap()["code"], "dbsc_challenge_stale");
    let other = lab.bound(2);
    let foreign = lab.refresh(&browser, &other.next).unwrap();
    assert_eq!(foreign.body.unwrap()["code"], "dbsc_challenge_other_session");
    let invented = lab.refresh(&browser, "invented").unwrap();
    assert_eq!(invented.body.unwrap()["code"], "dbsc_challenge_mismatch");
}

#[test]
fn of_many_copies_of_one_proof_one_is_accepted() {
    let lab = lab(&[]);
    let browser = lab.bound(1);
    let claims = Claims { jti: Some(&browser.next), ..Claims::default() };
    let proof = browser.sign(&Unsigned::refresh(Algorithm::Es256, claims));
    let headers = browser.with(&[(Header::SessionId, &browser.id), (Header::Response, &proof)]);
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (state, headers) = (lab.state.clone(), headers.clone());
            std::thread::spawn(move || refresh::refresh(&state, None, &headers).unwrap().status)
        })
        .collect();
    let mut statuses: Vec<u16> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403, 403, 403, 403, 403, 403, 403]);
}

#[test]
fn registrations_that_are_refused() {
    let lab = lab(&[]);
    let browser = lab.bound(1);
    let offer = lab.offer(&browser);
    let claims = Claims { jti: offer.challenge.as_deref(), ..Claims::default() };
    let proof = Unsigned::registration(&browser.public(), Algorithm::Es256, claims);
    assert_eq!(lab.register(&browser, &proof), Err("dbsc_authorization_mismatch".to_owned()));
    let nothing = registration::register(&lab.state, &browser.session, &HeaderMap::new());
    assert_eq!(nothing.map(drop).map_err(code), Err("dbsc_proof_missing".to_owned()));
    lab.wait(301);
    assert_eq!(lab.register(&browser, &proof), Err("dbsc_challenge_stale".to_owned()));
    let nobody = Browser { session: session(2), ..browser };
    assert_eq!(lab.register(&nobody, &proof), Err("dbsc_not_offered".to_owned()));
}

#[test]
fn logout_is_told_at_the_next_refresh() {
    let lab = lab(&[]);
    let browser = lab.bound(1);
    end(&lab.state, &browser.session, "logout").unwrap();
    lab.state.store().end_session(browser.session.id, vec![]).unwrap();
    let answer = lab.unsigned(&browser).unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body.unwrap(), json!({ "session_identifier": browser.id, "continue": false }));
}

#[test]
fn each_check_of_the_server_can_be_left_out() {
    // What happens between the binding and the request, and the request's outcome.
    type Act = fn(&Lab, &Browser) -> Result<(), String>;
    let cases: &[(Check, Act)] = &[
        (Check::BoundCookieMissing, |lab, browser| {
            let plain = Browser { headers: HeaderMap::new(), session: browser.session.clone(), ..lab.bound(2) };
            lab.whoami(&plain).map(drop)
        }),
        (Check::BoundCookieUnknown, |lab, browser| {
            let other = Browser { session: browser.session.clone(), ..lab.bound(2) };
            lab.whoami(&other).map(drop)
        }),
        (Check::BoundCookieExpired, |lab, browser| {
            lab.wait(600);
            lab.whoami(browser).map(drop)
        }),
        (Check::SessionIdMissing, |lab, browser| {
            let proof = Claims { jti: Some(&browser.next), ..Claims::default() };
            let proof = browser.sign(&Unsigned::refresh(Algorithm::Es256, proof));
            let headers = browser.with(&[(Header::Response, &proof)]);
            refresh::refresh(&lab.state, Some(&browser.session), &headers).map(drop).map_err(code)
        }),
        (Check::SessionMismatch, |lab, browser| {
            let other = lab.bound(2);
            let proof = Claims { jti: Some(&browser.next), ..Claims::default() };
            let proof = browser.sign(&Unsigned::refresh(Algorithm::Es256, proof));
            let headers = browser.with(&[(Header::SessionId, &browser.id), (Header::Response, &proof)]);
            refresh::refresh(&lab.state, Some(&other.session), &headers).map(drop).map_err(code)
        }),
        (Check::SessionTerminated, |lab, browser| {
            end(&lab.state, &browser.session, "wrong_key").unwrap();
            lab.refresh(browser, &browser.next).map(drop)
        }),
        (Check::Signature, |lab, browser| {
            let thief = Browser {
                key: SigningKey::from_slice(&[9; 32]).unwrap(),
                session: browser.session.clone(),
                headers: browser.headers.clone(),
                id: browser.id.clone(),
                next: browser.next.clone(),
            };
            lab.refresh(&thief, &browser.next).map(drop)
        }),
    ];
    for (check, act) in cases {
        let strict = lab(&[]);
        let browser = strict.bound(1);
        assert_eq!(act(&strict, &browser), Err(check.id().to_owned()));
        let lax = lab(&[check.id()]);
        let browser = lax.bound(1);
        assert_eq!(act(&lax, &browser), Ok(()), "without {}", check.id());
    }
}

#[test]
fn a_duty_left_out_shows() {
    let lab = lab(&[Duty::RefreshChallengeStatus.id(), Duty::RegistrationUnchallenged.id()]);
    let browser = lab.bound(1);
    assert_eq!(lab.unsigned(&browser).unwrap().status, 401);
    let nothing = registration::register(&lab.state, &browser.session, &HeaderMap::new());
    let problem = nothing.unwrap_err().problem();
    assert_eq!((problem.status, problem.headers.len()), (403, 1));
}

#[test]
fn what_a_browser_skips_is_written_down_and_not_believed() {
    let lab = lab(&[]);
    let browser = lab.bound(1);
    let headers = browser.with(&[(Header::Skipped, r#"unreachable;session_identifier="x""#)]);
    assert_eq!(require(&lab.state, &browser.session, &headers).unwrap(), Binding::Bound);
    assert!(lab.events().iter().any(|event| event == "dbsc.skipped"));
}

#[test]
fn the_audience_may_be_ours_or_the_machine_itself() {
    let lab = lab(&[]);
    for (host, audience, good) in [
        ("example.com", "https://example.com/v1/dbsc/refresh", true),
        ("127.0.0.1:81", "http://127.0.0.1:81/v1/dbsc/refresh", true),
        ("evil.test", "https://evil.test/v1/dbsc/refresh", false),
        ("evil.test", "http://evil.test/v1/dbsc/refresh", false),
        ("example.com", "https://example.com/", false),
    ] {
        let mut browser = lab.bound(1);
        browser.headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        let claims = Claims { jti: Some(&browser.next), authorization: None, audience: Some(audience) };
        let result = lab.refresh_with(&browser, &Unsigned::refresh(Algorithm::Es256, claims));
        assert_eq!(result.is_ok(), good, "{host} {audience}");
    }
}
