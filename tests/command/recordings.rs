//! `assay record` and `assay replay`: a key's part of a conversation without the key.

use serde_json::Value;

use crate::support::command::{Lasting, assay, run};
use crate::support::place::Place;

#[test]
fn a_recording_says_the_same_without_the_key() {
    let place = Place::new();
    let served = Lasting::start(&mut assay(&place, ["key", "serve", "--persona", "ctap-2.3"]));
    let target = served.ready["keys"][0]["target"].as_str().unwrap().to_owned();
    let said = run(&mut assay(&place, ["--json", "record", &target, "--out", "key.json"])).expect(0).json();
    assert!(said["cases"].as_u64() > Some(100), "{said}");
    drop(served);

    let said = run(&mut assay(&place, ["--json", "replay", "key.json"])).expect(0).json();
    assert_eq!(said["differences"], serde_json::json!([]));
    let cases = said["cases"].as_u64().unwrap();
    assert!(cases > 100 && said["not_recorded"].as_u64() > Some(0), "{said}");

    let text = std::fs::read_to_string(place.join("key.json")).unwrap();
    let recording: Value = serde_json::from_str(&text).unwrap();
    assert!(recording["contains"].as_str().unwrap().contains("no serial number"));
    assert!(recording["key"]["versions"].as_array().unwrap().contains(&"FIDO_2_3".into()), "{}", recording["key"]);
}

#[test]
fn whatever_is_another_now_is_told_by_its_case() {
    const CASE: &str = "make-credential/good/minimal";
    let place = Place::new();
    run(&mut assay(&place, ["record", "sim", "--out", "key.json", "--filter", "make-credential/good/**"])).expect(0);
    let text = std::fs::read_to_string(place.join("key.json")).unwrap();
    let good: Value = serde_json::from_str(&text).unwrap();
    let sessions = good["sessions"].as_array().unwrap();
    let at = sessions.iter().position(|session| session["case"] == CASE).unwrap();

    let replayed = |edit: &dyn Fn(&mut Value)| {
        let mut edited = good.clone();
        edit(&mut edited["sessions"][at]);
        place.file("edited.json", edited.to_string());
        run(&mut assay(&place, ["--json", "replay", "edited.json"]))
    };
    let differences = |edit: &dyn Fn(&mut Value)| replayed(edit).expect(1).json()["differences"].clone();
    replayed(&|_| {}).expect(0);
    let told = differences(&|session| session["outcome"] = "fail".into());
    assert_eq!(told, serde_json::json!([{"case": CASE, "difference": "fail then, pass now"}]));
    let told = differences(&|session| {
        let sent = session["reports"].as_array_mut().unwrap().iter_mut().find(|line| line.as_str() > Some(">"));
        *sent.unwrap() = "> ffffffff860008".into();
    });
    let what = told[0]["difference"].as_str().unwrap();
    assert!(what.starts_with("report 0: ") && what.contains("INIT"), "{what}");
    let told = differences(&|session| session["reports"].as_array_mut().unwrap().push("> 00".into()));
    assert_eq!(told[0]["difference"], "1 reports that were sent are sent no more");
    let told = differences(&|session| _ = session["reports"].as_array_mut().unwrap().pop());
    assert!(told[0]["difference"].as_str().unwrap().ends_with("pass then, fail now"), "{told}");
    let told = differences(&|session| session["case"] = "no/such-case".into());
    assert_eq!(told[0]["difference"], "the suite has no such case any more");
}

#[test]
fn what_is_no_recording_is_refused_by_name() {
    let place = Place::new();
    run(&mut assay(&place, ["record", "sim", "--out", "key.json", "--filter", "get-info/aaguid"])).expect(0);
    let good = std::fs::read_to_string(place.join("key.json")).unwrap();
    for (text, word) in [
        ("{", "is no recording"),
        (&*good.replace("\"assay_recording\": 1", "\"assay_recording\": 2"), "has form 2"),
        (&*good.replacen("\"> ", "\"> x", 1), "report 0"),
        (&*good.replace("\"seed\"", "\"sead\""), "is no recording"),
    ] {
        let file = place.file("bad.json", text);
        let said = run(&mut assay(&place, ["replay", file.to_str().unwrap()])).expect(2);
        assert!(said.err.contains(word) && said.err.contains("bad.json"), "{word}: {}", said.err);
    }
    run(&mut assay(&place, ["record", "udp:127.0.0.1:9", "--out", "none.json"])).expect(2);
    assert!(!place.join("none.json").exists());
}

#[test]
fn two_keys_are_compared_by_what_they_do() {
    let place = Place::new();
    let diff = |one: &str, other: &str| {
        run(&mut assay(&place, ["--json", "key", "diff", one, other, "--filter", "make-credential/good"]))
    };
    assert_eq!(diff("sim", "sim").expect(0).json()["cases"], serde_json::json!([]));
    let told = diff("sim", "sim+fault:ctap_mc_flags").expect(1).json();
    assert_eq!(told["members"], serde_json::json!([]));
    let cases = told["cases"].as_array().unwrap();
    assert!(cases.iter().any(|case| case["case"] == "make-credential/good/minimal"), "{told}");
    assert!(cases.iter().all(|case| case["one"]["kind"] == "pass" && case["other"]["kind"] == "fail"), "{told}");

    run(&mut assay(&place, ["record", "sim", "--out", "key.json", "--filter", "make-credential/good"])).expect(0);
    diff("key.json", "sim").expect(0);
    let told = diff("key.json", "sim+persona:ctap-2.0").expect(1).json();
    assert_eq!(told["members"][0]["member"], "versions");
    let said = run(&mut assay(&place, ["key", "diff", "sim", "sim+fault:ctap_mc_flags", "--filter", "good/minimal"]));
    assert!(said.expect(1).out.contains("FAIL: "));
    run(&mut assay(&place, ["key", "diff", "sim", "nothing.json"])).expect(2);
}
