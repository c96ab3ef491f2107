use assay_dbsc::headers::{Header, read_response};
use assay_dbsc::proof::Proof;
use assay_dbsc::{Malformed, Reason};

use super::*;

struct Lab {
    wire: Wire,
    time: Arc<Mutex<u64>>,
    browser: Browser,
}

fn lab(settings: Settings) -> Lab {
    let (wire, time) = (Wire::default(), Arc::new(Mutex::new(1000)));
    let browser = Browser::new(wire.clone())
        .with_clock(Manual(time.clone()))
        .with_random(Counter(RefCell::new(0)))
        .with_settings(settings);
    Lab { wire, time, browser }
}

/// A browser that has taken an offer; the bound cookie is there for ten minutes.
fn bound(settings: Settings, early: Option<&str>) -> Lab {
    let mut lab = lab(settings);
    let mut headers = vec![("Set-Cookie", COOKIE)];
    headers.extend(early.map(|value| ("Secure-Session-Challenge", value)));
    lab.wire
        .answers([answer(200, &[(Header::Registration.name(), OFFER)], ""), answer(200, &headers, &instructions())]);
    lab.browser.fetch(Request::get(url("/login"))).unwrap();
    lab
}

const OFFER: &str = r#"(ES256 RS256);path="/reg";challenge="c1";authorization="a1""#;
const ASK: (&str, &str) = ("Secure-Session-Challenge", r#""c2";id="sid1""#);

impl Lab {
    fn wait(&self, seconds: u64) {
        *self.time.lock().unwrap() += seconds;
    }

    /// Ten minutes later, a page is asked for; the refresh gets these answers first.
    fn page(&mut self, refresh: impl IntoIterator<Item = Response>) -> Vec<Event> {
        self.wait(600);
        self.wire.sent();
        self.browser.take_events();
        self.wire.answers(refresh);
        self.wire.answers([answer(200, &[], "page")]);
        self.browser.fetch(Request::get(url("/page"))).unwrap();
        self.browser.take_events()
    }
}

fn field<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

fn proof(request: &Request) -> Proof {
    let value = field(request, Header::Response.name()).unwrap();
    Proof::parse(&read_response(value).unwrap().0).unwrap()
}

fn terminated(reason: Reason, detail: &str) -> Event {
    Event::Terminated { id: "sid1".to_owned(), reason: Malformed::new(reason, detail) }
}

fn refreshed() -> Event {
    Event::Refreshed { id: "sid1".to_owned() }
}

fn fresh() -> Response {
    answer(200, &[("Set-Cookie", COOKIE)], &instructions())
}

#[test]
fn an_offer_is_taken() {
    let mut lab = bound(Settings::default(), None);
    let sent = lab.wire.sent();
    assert_eq!(sent[1].url, url("/reg"));
    let origin = field(&sent[1], "Origin");
    assert_eq!((sent[1].method, origin), (Method::Post, Some("https://example.com")));
    assert_eq!(field(&sent[1], Header::SessionId.name()), None);
    let proof = proof(&sent[1]);
    assert_eq!((proof.jti.as_deref(), proof.authorization.as_deref()), (Some("c1"), Some("a1")));
    let session = &lab.browser.sessions()[0];
    assert!(proof.is_signed_by(&session.key.public()));
    assert_eq!(lab.browser.take_events(), [Event::Registered { id: "sid1".to_owned() }]);
    assert_eq!(lab.browser.jar().named("auth").count(), 1);
}

#[test]
fn offers_that_come_to_nothing() {
    let refused = |reason| (OFFER, Some(reason));
    for ((offer, expected), registration) in [
        ((r#"(RS256);path="/reg""#, None), None),
        (refused(Reason::RegistrationStatus), Some(answer(403, &[], ""))),
        (refused(Reason::InstructionsNotJson), Some(answer(204, &[], ""))),
        (refused(Reason::SessionEnded), Some(answer(200, &[], r#"{"continue":false}"#))),
    ] {
        let mut lab = lab(Settings::default());
        lab.wire.answers([answer(200, &[(Header::Registration.name(), offer)], "")]);
        lab.wire.answers(registration);
        lab.browser.fetch(Request::get(url("/login"))).unwrap();
        match (lab.browser.take_events().as_slice(), expected) {
            ([Event::OfferIgnored(_)], None) => {}
            ([Event::RegistrationFailed(failed)], Some(reason)) => assert_eq!(failed.reason, reason),
            (events, expected) => panic!("{events:?}, not {expected:?}"),
        }
        assert!(lab.browser.sessions().is_empty());
    }
    let mut lab = lab(Settings::default());
    lab.wire.answers([answer(200, &[("Sec-Session-Registration", OFFER)], "")]);
    lab.browser.fetch(Request::get(url("/login"))).unwrap();
    assert!(matches!(lab.browser.take_events()[..], [Event::OldName(_)]));
}

#[test]
fn a_missing_cookie_is_refreshed_before_the_request() {
    let mut lab = bound(Settings::default(), None);
    let events = lab.page([answer(403, &[ASK], ""), fresh()]);
    assert_eq!(events, [Event::ChallengeKept { id: "sid1".to_owned() }, refreshed()]);
    let sent = lab.wire.sent();
    let paths: Vec<&str> = sent.iter().map(|request| request.url.path()).collect();
    assert_eq!(paths, ["/refresh", "/refresh", "/page"]);
    assert_eq!(field(&sent[0], Header::Response.name()), None);
    assert_eq!(field(&sent[0], Header::SessionId.name()), Some("\"sid1\""));
    assert_eq!(proof(&sent[1]).jti.as_deref(), Some("c2"));
    assert!(proof(&sent[1]).jwk.is_none());
    assert_eq!(field(&sent[2], "Cookie"), Some("auth=v1"));
    // While the cookie lives there is nothing to do.
    lab.wire.answers([answer(200, &[], "")]);
    lab.browser.fetch(Request::get(url("/page"))).unwrap();
    assert_eq!(lab.wire.sent().len(), 1);
}

#[test]
fn an_early_challenge_saves_a_round_and_a_body_drops_it() {
    let mut lab = bound(Settings::default(), Some(r#""early";id="sid1""#));
    assert_eq!(lab.page([fresh()]), [refreshed()]);
    assert_eq!(proof(&lab.wire.sent()[0]).jti.as_deref(), Some("early"));
    assert_eq!(lab.browser.sessions()[0].session.challenge, None);
    let mut lab = bound(Settings::default(), Some(r#""early";id="sid1""#));
    assert_eq!(lab.page([answer(204, &[("Set-Cookie", COOKIE)], "")]), [refreshed()]);
    assert_eq!(lab.browser.sessions()[0].session.challenge.as_deref(), Some("early"));
}

#[test]
fn how_refreshes_end() {
    let end = r#"{"continue":false,"session_identifier":"sid1"}"#;
    let unusable = "a 403 without a challenge for this session";
    let skipped = Event::Skipped { id: "sid1".to_owned(), reason: None };
    let chromium = Settings::CHROMIUM_156;
    for (response, settings, expected) in [
        (answer(200, &[], end), Settings::default(), terminated(Reason::SessionEnded, "sid1")),
        (answer(404, &[], ""), Settings::default(), terminated(Reason::SessionRefused, "404")),
        (answer(403, &[], ""), Settings::default(), terminated(Reason::ChallengeUnusable, unusable)),
        (answer(429, &[], ""), Settings::default(), skipped),
        (answer(429, &[], ""), chromium, terminated(Reason::SessionRefused, "429")),
    ] {
        let mut lab = bound(settings, None);
        let kept = matches!(expected, Event::Skipped { .. });
        assert_eq!(lab.page([response.clone()]), [expected], "{response:?}");
        assert_eq!(lab.browser.sessions().len(), usize::from(kept));
        let sent = lab.wire.sent();
        assert_eq!(field(sent.last().unwrap(), "Cookie"), None);
    }
}

#[test]
fn what_is_skipped_is_reported() {
    let reported = |lab: &mut Lab| {
        let sent = lab.wire.sent();
        field(sent.last().unwrap(), Header::Skipped.name()).unwrap().to_owned()
    };
    let mut lab = bound(Settings::default(), None);
    lab.page([answer(503, &[], "")]);
    assert_eq!(reported(&mut lab), r#"server_error;session_identifier="sid1""#);
    lab.wire.drops();
    lab.page([]);
    assert_eq!(reported(&mut lab), r#"unreachable;session_identifier="sid1""#);
    let quota = Some(Quota { signatures: 1, seconds: 6000 });
    let mut lab = bound(Settings { quota, ..Settings::default() }, None);
    lab.page([answer(403, &[ASK], "")]);
    assert_eq!(reported(&mut lab), r#"quota_exceeded;session_identifier="sid1""#);
    assert_eq!(lab.browser.sessions().len(), 1);
}

#[test]
fn endless_challenges_end_the_session() {
    let mut lab = bound(Settings::default(), None);
    let events = lab.page((0..5).map(|_| answer(403, &[ASK], "")));
    assert_eq!(events.last(), Some(&terminated(Reason::ChallengeLimit, "4 signed requests")));
}

#[test]
fn a_cookie_about_to_go_is_refreshed_early() {
    let mut lab = bound(Settings::CHROMIUM_156, None);
    lab.wait(500);
    lab.wire.sent();
    lab.wire.answers([answer(200, &[], ""), answer(403, &[ASK], ""), fresh()]);
    lab.browser.fetch(Request::get(url("/page"))).unwrap();
    let sent = lab.wire.sent();
    assert_eq!(sent[0].url.path(), "/page");
    assert_eq!(field(&sent[1], Header::SessionId.name()), Some("sid1"));
}

#[test]
fn other_sites_and_the_refresh_itself_do_not_wait() {
    let mut lab = bound(Settings::default(), None);
    lab.wait(600);
    lab.wire.sent();
    let other = Some(Url::parse("https://other.test/").unwrap());
    lab.wire.answers([answer(200, &[], ""), answer(200, &[], "")]);
    lab.browser.fetch(Request { initiator: other, ..Request::get(url("/page")) }).unwrap();
    lab.browser.fetch(Request::get(url("/refresh"))).unwrap();
    assert_eq!(lab.wire.sent().len(), 2);
}

#[test]
fn clearing_site_data_ends_sessions() {
    let mut lab = bound(Settings::default(), None);
    lab.wire.answers([answer(200, &[("Clear-Site-Data", "\"cookies\"")], "")]);
    lab.browser.fetch(Request::get(url("/page"))).unwrap();
    assert!(lab.browser.sessions().is_empty());
    assert_eq!(lab.browser.jar().iter().count(), 0);
}

#[test]
fn redirects_of_own_requests_are_followed_inside_the_site() {
    let mut lab = lab(Settings::default());
    lab.wire.answers([
        answer(200, &[(Header::Registration.name(), OFFER)], ""),
        answer(307, &[("Location", "/reg2")], ""),
        answer(302, &[("Location", "/reg3")], ""),
        answer(200, &[("Set-Cookie", COOKIE)], &instructions()),
    ]);
    lab.browser.fetch(Request::get(url("/login"))).unwrap();
    let sent = lab.wire.sent();
    let seen: Vec<(Method, &str)> = sent.iter().map(|one| (one.method, one.url.path())).collect();
    assert_eq!(seen[1..], [(Method::Post, "/reg"), (Method::Post, "/reg2"), (Method::Get, "/reg3")]);
    assert!(field(&sent[3], Header::Response.name()).is_some());
    assert_eq!(lab.browser.sessions().len(), 1);
}
