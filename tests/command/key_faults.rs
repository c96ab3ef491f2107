//! Faults of virtual keys by name: listed, and wherever a key is named.

use std::collections::BTreeSet;

use assay_authenticator_sim::defect::Defect;

use crate::support::command::{Lasting, assay, run};
use crate::support::place::Place;

#[test]
fn each_is_listed_and_words_narrow_the_list() {
    let place = Place::new();
    let list = |words: &[&str]| run(&mut assay(&place, ["key", "faults", "--json"].iter().chain(words).copied()));
    let every = list(&[]).expect(0).json();
    let ids: Vec<&str> = every.as_array().unwrap().iter().map(|fault| fault["id"].as_str().unwrap()).collect();
    assert_eq!(ids, Defect::ALL.iter().map(|defect| defect.id()).collect::<Vec<_>>());

    let both = list(&["PIN", "6.5.5.5"]).expect(0).json();
    let both: BTreeSet<&str> = both.as_array().unwrap().iter().map(|fault| fault["id"].as_str().unwrap()).collect();
    assert!(both.contains("ctap_set_pin") && !both.contains("ctap_pin_retries") && both.len() < ids.len() / 4);
    assert_eq!(list(&["no", "such", "thing"]).expect(1).json(), serde_json::json!([]));

    let text = run(&mut assay(&place, ["key", "faults", "ctap_mc_flags"])).expect(0).out;
    let info = Defect::McFlags.info();
    assert!(text.starts_with(info.id) && text.contains(info.clause) && text.contains(info.summary), "{text}");
    assert_eq!(text.lines().count(), 1);
    assert!(!place.join("state").exists(), "a list leaves nothing behind");
}

#[test]
fn a_key_with_one_is_found_out() {
    let place = Place::new();
    let judge = |target: &str| {
        run(&mut assay(&place, ["test", "authenticator", target, "--filter", "make-credential/good/minima?"]))
    };
    judge("sim").expect(0);
    let said = judge("sim+fault:ctap_mc_flags").expect(1);
    assert!(said.out.contains("sim+fault:ctap_mc_flags"), "the report names the target: {}", said.out);
    judge("sim+persona:ctap-2.3+fault:ctap_mc_flags").expect(1);
    run(&mut assay(&place, ["key", "new", "desk"])).expect(0);
    let saved = ["test", "authenticator", "sim:desk+fault:ctap_mc_flags", "--filter", "get-info"];
    run(&mut assay(&place, saved)).expect(0);

    let said = judge("sim+fault:ctap_mc_flag").expect(2);
    assert!(said.err.contains("did you mean ctap_mc_flags"), "{}", said.err);
}

#[test]
fn a_key_is_shown_and_served_with_one() {
    let place = Place::new();
    let info = |target: &str| run(&mut assay(&place, ["key", "info", target, "--json"])).expect(0).json();
    assert_eq!(info("sim")["minPINLength"], 4);
    assert_eq!(info("sim+fault:ctap_info_min_pin_length")["minPINLength"], 3);
    assert_eq!(info("sim+persona:biometric")["options"]["bioEnroll"], false);

    let key =
        Lasting::start(&mut assay(&place, ["key", "serve", "sim+persona:ctap-2.0+fault:ctap_info_min_pin_length"]));
    let served = info(key.text("target"));
    assert_eq!((&served["minPINLength"], &served["versions"]), (&3.into(), &serde_json::json!(["FIDO_2_0"])));
}
