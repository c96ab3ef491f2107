//! The answers, and what each defect does to them.

use assay_protocol::check::Enforced;

use crate::algorithm::Algorithm;
use crate::check::Duty;
use crate::cookie::{Attributes, SetCookie};
use crate::headers::{Header, challenge, registration};
use crate::instructions::Instructions;
use crate::server::answer::{Answer, Layout, ask};
use crate::server::defect::{Moment, challenge as defective_challenge, spoil};

fn layout() -> Layout {
    Layout {
        registration_path: "/v1/dbsc/registration".to_owned(),
        refresh_path: "/v1/dbsc/refresh".to_owned(),
        algorithms: Algorithm::OFFERED.to_vec(),
        cookie: "bound".to_owned(),
        attributes: Attributes::parse("Path=/; HttpOnly; SameSite=Lax; Max-Age=600"),
    }
}

fn answer(moment: Moment) -> Answer {
    let layout = layout();
    match moment {
        Moment::Offer => Answer { status: 200, headers: vec![layout.offer("c", Some("a")).unwrap()], body: None },
        Moment::Registered | Moment::Refreshed => layout.session("sid1", "v", "next").unwrap(),
        Moment::RegistrationRefused => Answer { status: 400, headers: vec![], body: None },
        Moment::Asked => ask("sid1", "c").unwrap(),
        Moment::Ended => layout.end("sid1"),
    }
}

const MOMENTS: &[Moment] =
    &[Moment::Offer, Moment::Registered, Moment::RegistrationRefused, Moment::Asked, Moment::Refreshed, Moment::Ended];

#[test]
fn the_good_answers() {
    let offer = answer(Moment::Offer);
    assert_eq!(
        offer.headers,
        [(
            Header::Registration.name(),
            r#"(ES256 RS256);path="/v1/dbsc/registration";challenge="c";authorization="a""#.to_owned()
        )]
    );
    let refreshed = answer(Moment::Refreshed);
    let header = |name| refreshed.headers.iter().find(|(found, _)| *found == name).unwrap().1.as_str();
    assert_eq!(header("Set-Cookie"), "bound=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=600");
    assert_eq!(header(Header::Challenge.name()), r#""next";id="sid1""#);
    let body = refreshed.body.as_ref().unwrap().to_string();
    let Instructions::Continue(session) = Instructions::parse(body.as_bytes()).unwrap() else {
        panic!("continues");
    };
    let cookie = SetCookie::parse(header("Set-Cookie")).unwrap();
    let named = session.credentials[0].cookie_attributes();
    assert_eq!(named.differences(&cookie.attributes, "h", "/v1/dbsc/refresh"), []);
    assert_eq!(answer(Moment::Ended).body.unwrap().to_string(), r#"{"session_identifier":"sid1","continue":false}"#);
    assert_eq!(answer(Moment::Asked).status, 403);
}

#[test]
fn a_duty_in_force_changes_nothing_and_one_left_out_shows() {
    for moment in MOMENTS {
        let mut kept = answer(*moment);
        spoil(*moment, &mut kept, &Enforced::all());
        assert_eq!(kept, answer(*moment), "{moment:?}");
    }
    for duty in Duty::ALL {
        let enforced = Enforced::all().without(duty.id());
        let spoiled = MOMENTS.iter().any(|moment| {
            let mut spoiled = answer(*moment);
            spoil(*moment, &mut spoiled, &enforced);
            spoiled != answer(*moment)
        });
        let same = defective_challenge("fresh".to_owned(), &enforced) != "fresh";
        assert!(spoiled || same, "{duty:?}");
    }
}

#[test]
fn spoiled_headers_still_parse_as_fields() {
    let mut offer = answer(Moment::Offer);
    spoil(Moment::Offer, &mut offer, &Enforced::all().without(Duty::OfferAlgorithms.id()));
    assert!(registration::parse(&offer.headers[0].1).unwrap()[0].is_err());
    let mut offer = answer(Moment::Offer);
    spoil(Moment::Offer, &mut offer, &Enforced::all().without(Duty::OfferPath.id()));
    let parsed = registration::parse(&offer.headers[0].1).unwrap().remove(0).unwrap();
    assert!(parsed.path.starts_with("https://elsewhere.example/"));
    let mut asked = answer(Moment::Asked);
    spoil(Moment::Asked, &mut asked, &Enforced::all().without(Duty::RefreshChallengeSession.id()));
    assert_eq!(challenge::parse(&asked.headers[0].1).unwrap()[0].as_ref().unwrap().id, None);
}
