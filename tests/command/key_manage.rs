//! `assay key pin|credentials|blobs|config|fingers|reset`, on saved keys and over UDP.

use std::process::Command;
use std::time::{Duration, Instant};

use assay::keys::{KeyTarget, channel};
use assay_client::{Client, PinRequest, User, pin};
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::base64url;
use assay_protocol::cose::alg;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::{Extensions, Options, Parameter, RpEntity, UserEntity, make_credential};
use assay_protocol::digest::sha256;
use assay_transport::udp::UdpReports;
use serde_json::{Value, json};

use crate::support::command::{Lasting, Said, assay, run, run_with};
use crate::support::place::Place;
use crate::support::witness::{scripts, witness};

const PIN: &str = "correct horse";
const OTHER: &str = "battery staple";

/// A folder with PINs in files, and a key.
struct Desk {
    place: Place,
    key: String,
    _served: Option<Lasting>,
}

impl Desk {
    /// A saved key, a new process each time.
    fn saved(persona: &str) -> Self {
        let place = files();
        run(&mut assay(&place, ["key", "new", "desk", "--persona", persona])).expect(0);
        Self { place, key: "sim:desk".to_owned(), _served: None }
    }

    /// One that is served over UDP, without losing power in between.
    fn served(persona: &str) -> Self {
        let place = files();
        let served = Lasting::start(&mut assay(&place, ["key", "serve", &format!("sim+persona:{persona}")]));
        Self { place, key: served.text("target").to_owned(), _served: Some(served) }
    }

    /// `assay key WORDS`, `@` standing for the key.
    #[track_caller]
    fn run(&self, words: &str) -> Said {
        let words: Vec<&str> =
            words.split(' ').map(|word| if word == "@" { self.key.as_str() } else { word }).collect();
        let mut command = assay(&self.place, ["key", "--json"].iter().chain(&words).copied());
        run(command.env_remove("ASSAY_PIN").env_remove("ASSAY_NEW_PIN"))
    }

    #[track_caller]
    fn good(&self, words: &str) -> Value {
        self.run(words).expect(0).json()
    }

    /// Refused with this in the reason.
    #[track_caller]
    fn refused(&self, words: &str, reason: &str) {
        let said = self.run(words).expect(2);
        assert!(said.err.contains(reason), "{words}: {}", said.err);
        assert_eq!(said.out, "", "{words}");
    }

    /// Makes a credential of this account with a key for a blob, as a page that a browser shows would.
    fn register(&self, account: u8) -> String {
        let KeyTarget::Udp(address) = KeyTarget::parse(&self.key).unwrap() else { panic!("{}", self.key) };
        let mut channel = channel(Box::new(UdpReports::connect(address).unwrap())).unwrap();
        let mut client = Client::new("https://example.org", Box::new(Typing)).unwrap();
        let mut key = client.authenticator(&mut channel, Instant::now() + Duration::from_secs(20));
        let info = key.get_info().unwrap();
        let token = pin::token(&mut key, &info, permission::MC, Some("example.org")).unwrap();
        let client_data_hash = [account; 32];
        let extensions = Extensions::default().with("largeBlobKey", true);
        let made = key.make_credential(make_credential::Request {
            client_data_hash,
            rp: RpEntity { id: "example.org".to_owned(), name: None },
            user: UserEntity {
                id: vec![account],
                name: Some(format!("user {account}")),
                display_name: Some("Somebody".to_owned()),
            },
            pub_key_cred_params: [Parameter::public_key(alg::ES256)].into_iter().collect(),
            exclude_list: None,
            extensions: Some(extensions),
            options: Options { rk: Some(true), ..Options::default() },
            pin_uv_auth_param: Some(token.authenticate(&client_data_hash)),
            pin_uv_auth_protocol: Some(token.protocol().number()),
            enterprise_attestation: None,
            attestation_formats_preference: None,
        });
        let auth_data = AuthenticatorData::parse(&made.unwrap().auth_data).unwrap();
        base64url::encode(&auth_data.attested.unwrap().credential_id)
    }
}

fn files() -> Place {
    let place = Place::new();
    place.file("pin", format!("{PIN}\n"));
    place.file("other", format!("{OTHER}\n"));
    place
}

/// Types the PIN.
struct Typing;

impl User for Typing {
    fn pin(&mut self, _request: &PinRequest) -> Option<String> {
        Some(PIN.to_owned())
    }
}

#[test]
fn a_pin_is_set_changed_and_counted() {
    let desk = Desk::saved("ctap-2.3");
    assert_eq!(desk.good("pin retries @")["pin_is_set"], false);
    desk.refused("pin change @ --pin-file pin --new-pin-file other", "has no PIN yet");
    desk.refused("pin set @", "no new PIN was given");
    assert_eq!(desk.good("pin set @ --new-pin-file pin")["pin"], "set");
    desk.refused("pin set @ --new-pin-file pin", "`assay key pin change`");

    desk.refused("pin change @ --pin-file other --new-pin-file pin", "PIN_INVALID");
    assert_eq!(desk.good("pin retries @")["pin"], 7);
    desk.refused("credentials list @ --pin-file other", "the PIN is wrong, 6 tries are left");
    desk.refused("credentials list @", "no PIN was given");
    assert_eq!(desk.good("pin change @ --pin-file pin --new-pin-file other")["pin"], "changed");
    assert_eq!(desk.good("pin retries @")["pin"], 8);

    // By the environment, and by standard input.
    let list = || assay(&desk.place, ["key", "credentials", "list", "sim:desk"]);
    run(list().env("ASSAY_PIN", OTHER)).expect(0);
    run_with(list().args(["--pin-file", "-"]).env_remove("ASSAY_PIN"), format!("{OTHER}\n")).expect(0);
    let change = ["key", "pin", "change", "sim:desk", "--pin-file", "-", "--new-pin-file", "-"];
    run_with(&mut assay(&desk.place, change), format!("{OTHER}\n{PIN}\n")).expect(0);
    run_with(&mut assay(&desk.place, change), format!("{PIN}\n{OTHER}\n")).expect(0);
    desk.place.file("short", "123");
    desk.refused("pin change @ --pin-file other --new-pin-file short", "a PIN has at least four characters");
    // It is nowhere but in its files.
    Desk::saved("platform").refused("pin set @ --new-pin-file pin", "has no PIN");
}

/// At a terminal, which shows none of what is typed.
#[test]
fn a_pin_is_asked_for_at_the_terminal() {
    let Some(python) = witness(".venv/bin/python") else { return };
    let desk = Desk::saved("ctap-2.3");
    let state = desk.place.join("state");
    let typed = |verb: &str, answers: Value| {
        let mut script = Command::new(&python);
        script.arg(scripts().join("type_at.py")).arg(answers.to_string()).arg(env!("CARGO_BIN_EXE_assay"));
        script.arg("--state").arg(&state).args(["key", "pin", verb, "sim:desk"]);
        run(script.env_remove("ASSAY_PIN").env_remove("ASSAY_NEW_PIN")).expect(0).json()
    };
    // An accent that is a character of its own is the letter with the accent.
    let said = typed("set", json!([["New PIN: ", "caf\u{e9}!"], ["Once more: ", "cafe\u{301}!"]]));
    assert_eq!(said["code"], 0, "{said}");
    assert!(!said["shown"].as_str().unwrap().contains("caf"), "{said}");
    let said = typed("change", json!([["PIN: ", "caf\u{e9}!"], ["New PIN: ", "1234"], ["Once more: ", "1243"]]));
    assert_eq!(said["code"], 2, "{said}");
    assert!(said["shown"].as_str().unwrap().contains("the two are not the same; nothing was done"), "{said}");
    desk.place.file("composed", "caf\u{e9}!");
    desk.good("credentials list @ --pin-file composed");
}

#[test]
fn credentials_are_listed_renamed_and_deleted() {
    let desk = Desk::served("ctap-2.3");
    desk.good("pin set @ --new-pin-file pin");
    assert_eq!(desk.good("credentials list @ --pin-file pin")["credentials"], json!([]));
    let ids = [desk.register(1), desk.register(2)];
    let listed = || desk.good("credentials list @ --pin-file pin");
    let names = |list: &Value| -> Vec<(String, Value)> {
        let all = list["credentials"].as_array().unwrap().iter();
        let mut names: Vec<_> = all
            .map(|kept| (kept["user"]["name"].as_str().unwrap().to_owned(), kept["credential_id"].clone()))
            .collect();
        names.sort_by(|one, other| one.0.cmp(&other.0));
        names
    };
    let list = listed();
    let pair = |name: &str, id: &str| (name.to_owned(), Value::from(id));
    assert_eq!(names(&list), [pair("user 1", &ids[0]), pair("user 2", &ids[1])]);
    assert_eq!((&list["existing"], &list["credentials"][0]["rp_id"]), (&json!(2), &json!("example.org")));

    desk.refused("credentials rename @ x --pin-file pin", "which name?");
    let renamed = desk.good(&format!("credentials rename @ {} --name ada --pin-file pin", ids[1]));
    assert_eq!(renamed["renamed"]["user"], json!({"id": "Ag", "name": "ada", "display_name": "Somebody"}));
    assert_eq!(names(&listed()), [pair("ada", &ids[1]), pair("user 1", &ids[0])]);

    let delete = format!("credentials delete @ {} --pin-file pin", ids[0]);
    desk.refused(&delete, "nothing was done; --yes does it");
    assert_eq!(listed()["existing"], 2);
    assert_eq!(desk.good(&format!("{delete} --yes"))["deleted"]["credential_id"], json!(ids[0]));
    desk.refused(&format!("{delete} --yes"), "has no credential whose id begins with");
    assert_eq!(names(&listed()), [pair("ada", &ids[1])]);
    Desk::saved("ctap-2.0").refused("credentials list @", "does not list its credentials");
}

#[test]
fn blobs_are_kept_read_and_deleted() {
    let desk = Desk::served("ctap-2.3");
    desk.good("pin set @ --new-pin-file pin");
    let ids = [desk.register(1), desk.register(2)];
    let content = noise(3000);
    desk.place.file("content", &content);
    desk.place.file("long", noise(9000));
    let on = |verb: &str, id: &str, more: &str| format!("blobs {verb} @ {id} --pin-file pin{more}");

    desk.refused(&on("get", &ids[0], " --out back"), "there is no blob");
    assert_eq!(desk.good(&on("set", &ids[0], " --file content"))["bytes"], 3000);
    desk.good(&on("set", &ids[1], " --file pin"));
    desk.good(&on("get", &ids[0], " --out back"));
    assert_eq!(std::fs::read(desk.place.join("back")).unwrap(), content);
    let listed = desk.good("blobs list @ --pin-file pin");
    let mut sizes: Vec<u64> =
        listed["blobs"].as_array().unwrap().iter().map(|blob| blob["bytes"].as_u64().unwrap()).collect();
    sizes.sort_unstable();
    assert_eq!((sizes, &listed["of_nobody_here"]), (vec![14, 3000], &json!(0)));

    // python-fido2 lists the same credentials, opens our blob, and puts one in that we open.
    let served = desk.key.strip_prefix("udp:").unwrap().rsplit_once(':').unwrap();
    if let Some(python) = witness(".venv/bin/python") {
        let mut script = Command::new(python);
        script.arg(scripts().join("share_blobs.py")).args([served.0, served.1, PIN, &ids[0], &ids[1]]);
        let seen = run(&mut script).expect(0).json();
        assert_eq!(seen["theirs"], base64url::encode(&content));
        assert_eq!(seen["users"], json!(["user 1", "user 2"]));
        desk.good(&on("get", &ids[1], " --out back"));
        assert_eq!(std::fs::read(desk.place.join("back")).unwrap(), b"by python-fido2".repeat(20));
    }

    desk.refused(&on("set", &ids[1], " --file long"), "longer than the authenticator takes");
    desk.refused(&on("delete", &ids[0], ""), "nothing was done");
    desk.good(&on("delete", &ids[0], " --yes"));
    desk.refused(&on("get", &ids[0], " --out back"), "there is no blob");
    desk.good(&on("get", &ids[1], " --out back"));
    Desk::saved("ctap-2.0").refused("blobs list @", "keeps no large blobs");
}

#[test]
fn a_key_is_configured() {
    let desk = Desk::saved("ctap-2.3");
    let config = |words: &str| desk.good(words)["config"].clone();
    assert_eq!(config("config show @")["minPINLength"], 4);
    // Without a PIN nobody is asked for one.
    assert_eq!(config("config always-uv @ on")["alwaysUv"], true);
    assert_eq!(config("config always-uv @ on")["alwaysUv"], true);
    assert_eq!(config("config always-uv @ off")["alwaysUv"], false);
    desk.good("pin set @ --new-pin-file pin");
    desk.refused("config always-uv @ on", "no PIN was given");
    assert_eq!(config("config always-uv @ on --pin-file pin")["alwaysUv"], true);

    desk.refused("config min-pin @ 6 --pin-file pin", "nothing was done");
    assert_eq!(config("config show @")["minPINLength"], 4);
    assert_eq!(config("config min-pin @ 6 --rp example.org --pin-file pin --yes")["minPINLength"], 6);
    desk.refused("config min-pin @ 5 --pin-file pin --yes", "PIN_POLICY_VIOLATION");
    assert_eq!(config("config enterprise @ --pin-file pin --yes")["ep"], true);
    assert_eq!(config("config long-touch @ --pin-file pin --yes")["longTouchForReset"], true);
    assert_eq!(config("config force-pin-change @ --pin-file pin --yes")["forcePINChange"], true);
    desk.refused("config always-uv @ off --pin-file pin", "must be changed first");
    Desk::saved("security-key").refused("config always-uv @ on", "cannot be configured so");

    // A reset takes all of it back.
    desk.refused("reset @", "nothing was done");
    assert_eq!(desk.good("reset @ --yes")["reset"], true);
    let fresh = config("config show @");
    assert_eq!((&fresh["minPINLength"], &fresh["ep"], &fresh["alwaysUv"]), (&json!(4), &json!(false), &json!(false)));
    assert_eq!(desk.good("pin retries @")["pin_is_set"], false);
}

#[test]
fn fingers_are_enrolled_named_and_removed() {
    let desk = Desk::served("biometric");
    desk.refused("fingers list @", "cannot verify its user");
    desk.good("pin set @ --new-pin-file pin");
    let list = || desk.good("fingers list @ --pin-file pin")["fingers"].clone();
    assert_eq!(list(), json!([]));
    let said = desk.run("fingers add @ --name thumb --pin-file pin").expect(0);
    assert_eq!(said.err.matches("good; ").count(), 3, "{}", said.err);
    let id = said.json()["enrolled"]["id"].as_str().unwrap().to_owned();
    assert_eq!(list(), json!([{"id": id, "name": "thumb"}]));
    desk.good(&format!("fingers rename @ {id} index --pin-file pin"));
    assert_eq!(list(), json!([{"id": id, "name": "index"}]));
    desk.refused(&format!("fingers rename @ {id}x ring --pin-file pin"), "has no finger");
    desk.refused(&format!("fingers remove @ {id} --pin-file pin"), "nothing was done");
    desk.good(&format!("fingers remove @ {id} --pin-file pin --yes"));
    assert_eq!(list(), json!([]));
    Desk::saved("ctap-2.3").refused("fingers list @", "has no sensor");
}

#[test]
fn a_reset_comes_soon_after_the_plug_and_says_whose() {
    let place = files();
    let served = Lasting::start(&mut assay(&place, ["key", "serve", "--touch", "deny"]));
    let said = run(&mut assay(&place, ["key", "reset", served.text("target"), "--yes"])).expect(2);
    assert!(said.err.contains("AAGUID 5e570000-0000-4000-8000-000000000001: EVERYTHING"), "{}", said.err);
    assert!(said.err.contains("it was declined; nothing was erased"), "{}", said.err);
}

/// Bytes that no compression makes shorter.
fn noise(length: usize) -> Vec<u8> {
    (0_u32..).flat_map(|block| sha256(&block.to_be_bytes())).take(length).collect()
}
