//! Several at once: one wins, the others are told, and nothing is there twice.

use std::sync::Barrier;
use std::thread;

use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::base64url;
use serde_json::json;

use super::serve;
use crate::support::http::{Answer, Browser, RP_ID};
use crate::support::place::Place;

const RUNNERS: usize = 8;

fn lab() -> Lab {
    Lab::new([4; 32], 1_795_305_600)
}

/// Sends all at the same moment.
fn together(browsers: &[Browser], path: &str, bodies: &[String]) -> Vec<Answer> {
    let start = Barrier::new(browsers.len());
    thread::scope(|scope| {
        let runs = browsers.iter().zip(bodies).map(|(browser, body)| {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                browser.post_text(path, body.clone())
            })
        });
        runs.collect::<Vec<_>>().into_iter().map(|run| run.join().unwrap()).collect()
    })
}

#[test]
fn one_name_many_takers() {
    let place = Place::new();
    let server = serve(&place);
    let browsers: Vec<Browser> = (0..RUNNERS).map(|_| Browser::new(&server)).collect();
    let bodies: Vec<String> = browsers
        .iter()
        .map(|browser| {
            let options = browser.post("/v1/registration/options", &json!({ "username": "ada" })).expect(200);
            let challenge = base64url::decode(options["challenge"].as_str().unwrap()).unwrap();
            RegistrationForge::none(&lab(), RP_ID, &challenge).forge().unwrap().text
        })
        .collect();
    let answers = together(&browsers, "/v1/registration/verify", &bodies);
    let mut outcomes: Vec<(u16, &str)> = answers.iter().map(|answer| (answer.status, answer.code())).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes[0], (201, ""));
    assert!(outcomes[1..].iter().all(|outcome| *outcome == (409, "account_exists")), "{outcomes:?}");
}

#[test]
fn one_answer_sent_many_times() {
    let place = Place::new();
    let server = serve(&place);
    let browser = Browser::new(&server);
    let (text, _) = browser.forge(&lab(), "ada").unwrap();
    let answers = together(&vec![browser; RUNNERS], "/attestation/result", &vec![text; RUNNERS]);
    let mut outcomes: Vec<(u16, &str)> = answers.iter().map(|answer| (answer.status, answer.code())).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes[0], (200, ""));
    assert!(outcomes[1..].iter().all(|outcome| *outcome == (400, "challenge_reused")), "{outcomes:?}");
}

/// The same credential for two accounts: whoever comes second is refused.
#[test]
fn one_credential_many_accounts() {
    let place = Place::new();
    let server = serve(&place);
    let browsers: Vec<Browser> = (0..RUNNERS).map(|_| Browser::new(&server)).collect();
    let bodies: Vec<String> = browsers
        .iter()
        .enumerate()
        .map(|(at, browser)| {
            let wish = json!({ "username": format!("user-{at}"), "displayName": "" });
            let options = browser.post("/attestation/options", &wish).expect(200);
            let challenge = base64url::decode(options["challenge"].as_str().unwrap()).unwrap();
            let forge = RegistrationForge::none(&lab(), RP_ID, &challenge);
            RegistrationForge { credential_id: vec![7; 32], ..forge }.forge().unwrap().text
        })
        .collect();
    let answers = together(&browsers, "/attestation/result", &bodies);
    let mut outcomes: Vec<(u16, &str)> = answers.iter().map(|answer| (answer.status, answer.code())).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes[0], (200, ""));
    assert!(outcomes[1..].iter().all(|outcome| *outcome == (400, "credential_already_registered")), "{outcomes:?}");
}
