//! `assay test authenticator` at a key of somebody: spared where it has a PIN, reset no more often than it must be.

use std::collections::BTreeMap;
use std::process::Command;

use reqwest::blocking::Client;
use serde_json::Value;

use crate::support::command::{Lasting, Running, Said, assay, run};
use crate::support::place::Place;

/// A key that a robot unplugs and plugs in again.
struct Served {
    place: Place,
    key: Lasting,
}

impl Served {
    fn new(key: &str) -> Self {
        let place = Place::new();
        let key = Lasting::start(&mut assay(&place, ["key", "serve", key, "--control", "127.0.0.1:0"]));
        Self { place, key }
    }

    fn target(&self) -> &str {
        self.key.text("target")
    }

    /// Unplugs it, plugs it in again, and counts.
    fn power_cycle(&self) -> String {
        let (url, count) = (self.key.text("control"), self.place.join("cycles"));
        format!(
            "echo >>'{}'; python3 -c \"import urllib.request as r; \
             [r.urlopen('{url}/usb1/power/' + to).read() for to in ('off', 'on')]\"",
            count.display()
        )
    }

    fn cycles(&self) -> usize {
        std::fs::read_to_string(self.place.join("cycles")).map_or(0, |text| text.lines().count())
    }

    fn robot(&self, path: &str) {
        let url = format!("{}{path}", self.key.text("control"));
        Client::builder().no_proxy().build().unwrap().get(url).send().unwrap().error_for_status().unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let test = ["--json", "test", "authenticator", self.target()];
        assay(&self.place, test.into_iter().chain(args.iter().copied()))
    }

    fn test(&self, args: &[&str]) -> Said {
        run(&mut self.command(args))
    }
}

/// The outcome of each case of the suite.
fn outcomes(report: &Value) -> BTreeMap<String, String> {
    let cases = report["suites"][0]["cases"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    cases.iter().map(|case| (text(&case["header"]["id"]), text(&case["outcome"]["kind"]))).collect()
}

/// The whole suite at one key says what it says of a new key for each case, with a fraction of the resets.
#[test]
fn one_key_for_all_cases() {
    let each_new = Place::new();
    let each_new = run(&mut assay(&each_new, ["--json", "test", "authenticator", "sim+persona:ctap-2.3"]));
    let mut expected = outcomes(&each_new.expect(0).json());
    // What needs somebody who does not touch it is asked of keys in this process alone.
    expected.retain(|id, _| !id.starts_with("waiting/"));
    let served = Served::new("sim+persona:ctap-2.3");
    let said = served.test(&["--erase", "--power-cycle", &served.power_cycle()]).expect(0);
    let mut got = outcomes(&said.json());
    got.retain(|id, _| expected.contains_key(id));
    let other: Vec<_> = expected.iter().filter(|(id, outcome)| got.get(*id) != Some(*outcome)).collect();
    assert!(other.is_empty(), "{other:#?}");
    let announced = said.err.lines().find_map(|line| line.split_once("and reset up to ")).unwrap().1;
    let announced: usize = announced.split_once(' ').unwrap().0.parse().unwrap();
    let cycles = served.cycles();
    assert!(cycles <= announced, "{cycles} resets, {announced} announced");
    assert!(cycles * 3 < got.values().filter(|outcome| *outcome == "pass").count(), "{cycles} resets");
}

const PIN_CASES: [&str; 4] = ["--filter", "client-pin/set", "--filter", "reset/pin-gone"];

#[test]
fn a_key_with_a_pin_is_spared() {
    let served = Served::new("sim");
    let cycle = served.power_cycle();
    let with = |more: &[&str]| served.test(&[&PIN_CASES[..], more].concat());
    // Nothing is erased unasked, and nothing is asked then that would need it.
    let untouched = with(&[]).expect(0).json();
    assert_eq!(untouched["totals"]["passed"], 0, "{}", untouched["totals"]);
    assert_eq!(served.cycles(), 0);

    let erased = with(&["--erase", "--power-cycle", &cycle]).expect(0).json();
    assert_eq!(erased["totals"]["passed"], erased["totals"]["cases"], "{}", erased["totals"]);

    run(assay(&served.place, ["key", "pin", "set", served.target()]).env("ASSAY_NEW_PIN", "4711 4711")).expect(0);
    let before = served.cycles();
    for (args, told) in [(&[][..], "--in-use"), (&["--erase", "--power-cycle", &cycle][..], "--erase --yes")] {
        let said = with(args).expect(2);
        assert!(said.err.contains("has a PIN: it is somebody's") && said.err.contains(told), "{}", said.err);
    }
    with(&["--in-use"]).expect(0);
    served.test(&["--in-use", "--filter", "get-info/canonical"]).expect(0);
    assert_eq!(served.cycles(), before);
    with(&["--erase", "--yes", "--power-cycle", &cycle]).expect(0);
    assert!(served.cycles() > before);
}

#[test]
fn what_keeps_its_power_cannot_be_reset() {
    let served = Served::new("sim");
    let said = served.test(&[&PIN_CASES[..], &["--erase", "--power-cycle", "exit 3"]].concat()).expect(2);
    let report = said.json();
    assert_eq!(report["totals"]["broken"], report["totals"]["cases"], "{}", report["totals"]);
    served.test(&["--power-cycle", "true"]).expect(2);
}

#[test]
fn a_person_is_told_what_to_do() {
    let served = Served::new("sim");
    let mut test = served.command(&["--erase", "--filter", "client-pin/set/then-advertised"]);
    let run = Running::start(&mut test);
    run.await_said("unplugged and plugged in again up to 1 times", 1);
    run.await_said("1: unplug the key", 1);
    served.robot("/usb1/power/off");
    run.await_said("1: plug it in again, and touch it", 1);
    served.robot("/usb1/power/on");
    let report = run.end().expect(0).json();
    assert_eq!(report["totals"]["passed"], 1, "{}", report["totals"]);
}

#[test]
fn a_run_goes_on_where_it_was() {
    let place = Place::new();
    let test = |args: &[&str]| {
        let test = ["--json", "test", "authenticator", "sim", "--filter", "client-pin/key-agreement"];
        run(&mut assay(&place, test.into_iter().chain(args.iter().copied()))).expect(0).json()
    };
    let first = run(&mut assay(&place, ["--json", "test", "authenticator", "sim", "--filter", "key-agreement/shape"]));
    let first = first.expect(0).json();
    let both = test(&["--resume"]);
    let asked_once = |report: &Value| report["suites"][0]["cases"][0].clone();
    assert_eq!(asked_once(&both), asked_once(&first), "it was asked, and is not asked again");
    assert_eq!(both["facts"]["seed"], first["facts"]["seed"]);
    let whole = test(&["--seed", both["facts"]["seed"].as_str().unwrap()]);
    assert_eq!(outcomes(&both), outcomes(&whole));
    // Nothing is left to ask.
    assert_eq!(outcomes(&test(&["--resume"])), outcomes(&whole));
    run(&mut assay(&place, ["test", "authenticator", "sim", "--resume=absent.json"])).expect(2);
}
