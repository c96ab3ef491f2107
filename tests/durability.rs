//! What the server has acknowledged is there after a crash, and a stop loses nothing that is under way.

mod killed_key;
mod stopping;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use assay_mint::credential::Credential;
use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::base64url;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::command::{Lasting, assay};
use crate::support::http::{Browser, RP_ID, SERVE};
use crate::support::place::Place;

/// What every vendor of these tests comes from; the server does not judge attestation here.
fn lab() -> Lab {
    Lab::new([4; 32], 1_795_305_600)
}

fn serve(place: &Place) -> Command {
    assay(place, SERVE.into_iter().chain(["--db", "lab.sqlite", "--profile", "hardened"]))
}

const ROUNDS: usize = 3;
const WRITERS: usize = 6;

/// Registrations in each round before the power goes.
const ENOUGH: usize = 40;

#[test]
fn nothing_acknowledged_is_lost_by_kill_9() {
    let place = Place::new();
    let mut first = None;
    let mut acknowledged = BTreeMap::new();
    for round in 0..ROUNDS {
        let mut server = Lasting::start(&mut serve(&place));
        let told = first.get_or_insert_with(|| server.ready.clone()).clone();
        assert_eq!(server.ready["client_secret"].is_string(), round == 0, "a secret is told once");
        assert_eq!(server.ready["client_id"].is_string(), round == 0);
        assert_eq!(server.ready["tenant_id"], told["tenant_id"]);
        acknowledged.extend(crash_while_writing(&mut server, round));
        assert!(acknowledged.len() >= ENOUGH * (round + 1));
        assert_eq!(integrity(&place.join("lab.sqlite")), "ok");
    }

    let server = Lasting::start(&mut serve(&place));
    let browser = Browser::new(&server).signed_by(first.as_ref().unwrap());
    let stored: BTreeMap<String, String> = everything(&browser, "/v1/credentials", "credentials")
        .iter()
        .map(|one| (one["id"].as_str().unwrap().to_owned(), one["user_id"].as_str().unwrap().to_owned()))
        .collect();
    let ids: BTreeSet<&String> = stored.keys().collect();
    let missing: Vec<_> = acknowledged.keys().filter(|id| !ids.contains(id)).collect();
    assert!(missing.is_empty(), "acknowledged, and not there: {missing:?}");
    // A writer whose connection broke may have been served all the same, once a round.
    assert!(stored.len() <= acknowledged.len() + ROUNDS * WRITERS, "{} of {}", stored.len(), acknowledged.len());

    // The audit tells of each of them, once.
    let audited = everything(&browser, "/v1/audit?event_type=credential.registered", "events");
    let users: BTreeSet<&str> = audited.iter().map(|line| line["user_id"].as_str().unwrap()).collect();
    assert_eq!((audited.len(), users), (stored.len(), stored.values().map(String::as_str).collect()));

    for (at, (id, (username, credential))) in acknowledged.iter().enumerate() {
        let browser = Browser::new(&server);
        let options = browser.post("/assertion/options", &json!({ "username": username })).expect(200);
        assert_eq!(options["allowCredentials"][0]["id"], id.as_str());
        if at % 10 == 0 {
            browser.sign_in(credential, username);
            refuses_the_same_again(&browser, credential);
        }
    }
}

/// Registers by several browsers at once, and kills the server while they are at it. Gives what was
/// acknowledged: name and credential by id.
fn crash_while_writing(server: &mut Lasting, round: usize) -> BTreeMap<String, (String, Credential)> {
    let acknowledged = Mutex::new(BTreeMap::new());
    let browsers: Vec<Browser> = (0..WRITERS).map(|_| Browser::new(server)).collect();
    thread::scope(|scope| {
        for (writer, browser) in browsers.iter().enumerate() {
            let acknowledged = &acknowledged;
            scope.spawn(move || {
                for turn in 0.. {
                    let username = format!("user-{round}-{writer}-{turn}");
                    let Ok((text, credential)) = browser.forge(&lab(), &username) else { return };
                    let Ok(answer) = browser.try_post("/attestation/result", text) else { return };
                    answer.expect(200);
                    acknowledged.lock().unwrap().insert(base64url::encode(&credential.id), (username, credential));
                }
            });
        }
        let deadline = Instant::now() + Duration::from_secs(60);
        while acknowledged.lock().unwrap().len() < ENOUGH && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        server.kill();
    });
    acknowledged.into_inner().unwrap()
}

/// A credential id is registered once, whoever asks.
fn refuses_the_same_again(browser: &Browser, credential: &Credential) {
    let options = browser.post("/attestation/options", &json!({ "username": "somebody", "displayName": "" }));
    let challenge = base64url::decode(options.expect(200)["challenge"].as_str().unwrap()).unwrap();
    let forge = RegistrationForge {
        credential_id: credential.id.clone(),
        ..RegistrationForge::none(&lab(), RP_ID, &challenge)
    };
    let answer = browser.post_text("/attestation/result", forge.forge().unwrap().text);
    assert_eq!((answer.status, answer.code()), (400, "credential_already_registered"), "{}", answer.body);
}

/// A counter, and a challenge that is spent, are facts that outlive a crash.
#[test]
fn no_replay_after_a_crash() {
    let place = Place::new();
    let mut server = Lasting::start(&mut serve(&place));
    let browser = Browser::new(&server);
    let (text, credential) = browser.forge(&lab(), "ada").unwrap();
    browser.post_text("/attestation/result", text.clone()).expect(200);
    let credential = browser.sign_in(&Credential { sign_count: 41, ..credential }, "ada");
    let (waiting, _) = browser.forge(&lab(), "grace").unwrap();

    server.kill();
    let server = Lasting::start(&mut serve(&place));
    let browser = browser.at(&server);
    let again = browser.post_text("/attestation/result", text);
    assert_eq!((again.status, again.code()), (400, "challenge_reused"), "{}", again.body);
    let clone = Credential { sign_count: 40, ..credential.clone() };
    let answer = browser.try_sign_in(&clone, "ada");
    assert_eq!((answer.status, answer.code()), (400, "sign_count_not_increased"), "{}", answer.body);
    browser.sign_in(&credential, "ada");
    // Whoever was about to answer still can.
    browser.post_text("/attestation/result", waiting).expect(200);
}

/// Every page of a list.
fn everything(browser: &Browser, path: &str, member: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = 0;
    loop {
        let divider = if path.contains('?') { '&' } else { '?' };
        let page = browser.get(&format!("{path}{divider}limit=50&after={after}")).expect(200);
        all.extend(page[member].as_array().unwrap().iter().cloned());
        match page["next"].as_u64() {
            Some(next) => after = next,
            None => return all,
        }
    }
}

/// What SQLite itself says of the file, as the crash left it.
fn integrity(file: &Path) -> String {
    let connection = Connection::open(file).unwrap();
    connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}
