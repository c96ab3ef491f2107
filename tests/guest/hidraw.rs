//! Our own host's side over a real hidraw node: hidapi, the list of keys, and the authenticator suite.

use std::path::Path;

use super::{KERNEL_DOORS, Steps, guest};
use crate::support::witness::installed;

/// The kernel's view of a USB key, by lsusb; and ours of both.
#[test]
fn keys_are_listed_with_what_tells_them_apart() {
    let script = r#"
        "$assay" --state /tmp/state key new desk
        serve sim:desk@uhid sim@usb --touch auto
        step ready cat ready
        step list "$assay" --state /tmp/state --json key list
        step usb lsusb -v -d 1209:f1d0
    "#;
    let Some(steps) = guest(&["lsusb"], script) else { return };
    let ready: serde_json::Value = serde_json::from_str(steps.ok("ready")).unwrap();
    let list: serde_json::Value = serde_json::from_str(steps.ok("list")).unwrap();
    assert_eq!((&list["virtual"][0]["target"], list["virtual"].as_array().unwrap().len()), (&"sim:desk".into(), 1));
    for (at, serial) in [(0, "sim-desk"), (1, ready["keys"][1]["serial_number"].as_str().unwrap())] {
        assert_eq!(ready["keys"][at]["serial_number"], serial);
        let target = &ready["keys"][at]["target"];
        let found = list["usb"].as_array().unwrap().iter().find(|key| &key["target"] == target);
        let found = found.unwrap_or_else(|| panic!("{target} in\n{}", steps.whole));
        assert_eq!(found["serial_number"], serial);
        assert_eq!((&found["vendor_id"], &found["product_id"]), (&0x1209.into(), &0xf1d0.into()));
        assert_eq!((&found["versions"][1], &found["pin_is_set"]), (&"FIDO_2_1".into(), &false.into()));
    }
    let serial = ready["keys"][1]["serial_number"].as_str().unwrap();
    let told = |begin: &str| {
        steps.ok("usb").lines().map(str::trim).filter_map(|line| line.strip_prefix(begin)).collect::<Vec<_>>()
    };
    assert_eq!(told("iSerial").first().unwrap().split_whitespace().nth(1), Some(serial));
    assert_eq!(told("iManufacturer").first().unwrap().split_whitespace().nth(1), Some("Assay"));
    let endpoints = told("bEndpointAddress");
    let endpoints: Vec<_> = endpoints.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(endpoints, ["0x81", "0x01"]);
    assert_eq!(told("bInterfaceClass").first().unwrap().split_whitespace().next(), Some("3"));
}

/// What `assay key` does to a key that is plugged in, by the kernel's own doors.
#[test]
fn a_key_is_managed() {
    for door in KERNEL_DOORS {
        let script = format!(
            r#"
            serve sim+persona:biometric {door} --touch auto
            printf '%s\n' 'correct horse' >pin
            printf '%s\n' 'battery staple' >other
            manage() {{ "$assay" --state /tmp/state --json key "$@"; }}
            silent() {{ manage "$@" 2>/dev/null; }}
            step set manage pin set "hid:$node" --new-pin-file pin
            step wrong manage credentials list "hid:$node" --pin-file other
            step retries manage pin retries "hid:$node"
            step credentials manage credentials list "hid:$node" --pin-file pin
            step blobs manage blobs list "hid:$node" --pin-file pin
            step finger silent fingers add "hid:$node" --name thumb --pin-file pin
            step config silent config min-pin "hid:$node" 6 --pin-file pin --yes
            step list manage list
            step careful manage reset "hid:$node"
            "#,
        );
        let Some(steps) = guest(&[], &script) else { return };
        let json = |step: &str| -> serde_json::Value { serde_json::from_str(steps.ok(step)).unwrap() };
        assert_eq!(json("set")["pin"], "set");
        assert!(steps.ended("wrong", 2).contains("the PIN is wrong, 7 tries are left"), "{}", steps.whole);
        assert_eq!(json("retries")["pin"], 7);
        assert_eq!((&json("credentials")["existing"], &json("blobs")["blobs"]), (&0.into(), &serde_json::json!([])));
        assert_eq!(json("finger")["enrolled"]["name"], "thumb");
        assert_eq!(json("config")["config"]["minPINLength"], 6);
        let listed = &json("list")["usb"][0];
        assert_eq!((&listed["pin_is_set"], &listed["fingers_are_enrolled"]), (&true.into(), &true.into()), "{door}");
        // Whoever is about to lose something is told which key it is.
        let careful = steps.ended("careful", 2);
        let serial = listed["serial_number"].as_str().unwrap();
        assert!(careful.contains(&format!("serial {serial}: EVERYTHING")), "{careful}");
        assert!(careful.contains("nothing was done"), "{careful}");
    }
}

/// Whoever watches the list hears of keys that come and go.
#[test]
fn the_list_is_watched() {
    for door in KERNEL_DOORS {
        let script = format!(
            r#"
            serve {door} --touch auto --control 127.0.0.1:8000
            "$assay" --state /tmp/state --json key list --watch >watched 2>&1 &
            watcher=$!
            soon test -s watched
            robot /usb1/power/off >robot
            soon grep -q unplugged watched
            robot /usb1/power/on >robot
            soon grep -q '"plugged"' watched
            kill "$watcher"
            step watched cat watched
            "#,
        );
        let Some(steps) = guest(&[], &script) else { return };
        let lines: Vec<serde_json::Value> =
            steps.ok("watched").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let [first, gone, back] = lines.as_slice() else { panic!("{}", steps.whole) };
        assert_eq!(gone["unplugged"], first["usb"][0]["target"], "{door}");
        assert_eq!(back["plugged"]["serial_number"], first["usb"][0]["serial_number"], "{door}");
        assert_eq!(back["plugged"]["versions"], first["usb"][0]["versions"], "{door}");
    }
}

/// ctap-hid-fido2, which shares no code with the lab, reads the same out of the same key; and where a
/// program says otherwise, it is told.
#[test]
fn a_second_opinion() {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/second-opinion/debug/assay-second-opinion");
    let Some(program) = installed(program) else { return };
    for door in KERNEL_DOORS {
        let script = format!(
            r#"
            serve {door} --touch auto
            info() {{ "$assay" --state /tmp/state --json key info "hid:$node" "$@"; }}
            step same info --second-opinion={program}
            printf '%s\n' '#!/bin/sh' '{program} "$1" | sed "s/FIDO_2_0/FIDO_9_9/"' >liar
            chmod +x liar
            step liar info --second-opinion=/tmp/liar
            step absent info --second-opinion=/tmp/nothing
            step elsewhere "$assay" --state /tmp/state key info sim --second-opinion
            "#,
            program = program.display(),
        );
        let Some(steps) = guest(&[], &script) else { return };
        let told = |said: &str| serde_json::from_str::<serde_json::Value>(said).unwrap()["differences"].clone();
        assert_eq!(told(steps.ok("same")), serde_json::json!([]), "{door}");
        let differences = told(steps.ended("liar", 1));
        assert_eq!(differences.as_array().unwrap().len(), 1, "{differences}");
        assert_eq!(differences[0]["member"], "versions");
        assert_eq!(differences[0]["theirs"][0], "FIDO_9_9");
        assert!(steps.ended("absent", 2).contains("cargo install --path second-opinion"), "{}", steps.whole);
        assert!(steps.ended("elsewhere", 2).contains("hid:PATH"), "{}", steps.whole);
    }
}

/// The step `suite` found nothing wrong, and more than so many cases passed.
#[track_caller]
fn conforms(steps: &Steps, least: u64) {
    let said = steps.ok("suite");
    let report: serde_json::Value = serde_json::from_str(said.get(said.find('{').unwrap()..).unwrap()).unwrap();
    assert_eq!(report["verdict"], "conforms", "{}", report["totals"]);
    let total = |name: &str| report["totals"][name].as_u64().unwrap();
    assert!(total("passed") > least, "{}", report["totals"]);
    assert_eq!(total("passed") + total("skipped"), total("cases"), "{}", report["totals"]);
}

/// The whole suite, over the kernel instead of memory.
#[test]
fn the_authenticator_suite() {
    for door in KERNEL_DOORS {
        let script = format!(
            r#"
            serve {door} --touch auto
            step suite "$assay" --state /tmp/state --json test authenticator "hid:$node" --out /tmp/report
            "#
        );
        let Some(steps) = guest(&[], &script) else { return };
        // What needs a reset before it is skipped here.
        conforms(&steps, 100);
    }
}

/// What wants a new key: its power is taken away at the kernel's door and given back before each reset, as a hub would.
#[test]
fn a_key_is_erased() {
    for door in KERNEL_DOORS {
        let script = format!(
            r#"
            serve {door} --touch auto --control 127.0.0.1:8000
            cycle='for to in off on; do busybox wget -q -O - http://127.0.0.1:8000/usb1/power/$to >/dev/null; done'
            step suite "$assay" --state /tmp/state --json test authenticator "hid:$node" --out /tmp/report --erase \
                --power-cycle "$cycle" --filter client-pin/set --filter 'reset/*-gone' --filter credential-management/rps
            "#
        );
        let Some(steps) = guest(&[], &script) else { return };
        conforms(&steps, 10);
    }
}

/// What a key says on a real node is kept, and comes again where there is no key.
#[test]
fn a_recording() {
    let script = r#"
        serve --uhid --touch auto
        step record "$assay" --state /tmp/state record "hid:$node" --out /tmp/key.json --filter make-credential
        step replay "$assay" --state /tmp/state --json replay /tmp/key.json
    "#;
    let Some(steps) = guest(&[], script) else { return };
    steps.ok("record");
    let said = steps.ok("replay");
    // The kernel talks in between.
    let json = said.get(said.find('{').unwrap()..=said.rfind('}').unwrap()).unwrap();
    let replay: serde_json::Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {said}"));
    assert_eq!(replay["differences"], serde_json::json!([]));
    assert!(replay["cases"].as_u64() > Some(30), "{replay}");
}

/// libfido2 uses a key through a virtual one, and hears what is to go wrong.
#[test]
fn a_proxy() {
    let script = r#"
        "$assay" --state /tmp/state proxy sim --uhid --refuse MakeCredential=KEY_STORE_FULL >/tmp/told 2>&1 &
        for try in 1 2 3 4 5 6 7 8 9 10; do grep -q '"target"' /tmp/told && break; sleep 0.2; done
        node=$(sed -n 's/.*"target":"hid:\([^"]*\)".*/\1/p' /tmp/told)
        step list fido2-token -L
        step info fido2-token -I "$node"
        head -c 32 /dev/zero | base64 >/tmp/param
        printf 'proxy.example\nada\nAAAA\n' >>/tmp/param
        step make fido2-cred -M -i /tmp/param "$node"
        step told cat /tmp/told
    "#;
    let Some(steps) = guest(&["fido2-token", "fido2-cred"], script) else { return };
    assert!(steps.ok("list").starts_with("/dev/hidraw"), "{}", steps.whole);
    assert!(steps.ok("info").contains("version strings"), "{}", steps.whole);
    assert!(steps.ended("make", 1).contains("FIDO_ERR_KEY_STORE_FULL"), "{}", steps.whole);
    assert!(steps.ok("told").contains("in the key's place"), "{}", steps.whole);
}
