//! libfido2's own tools, which ssh and many others are built on.

use super::{KERNEL_DOORS, Steps, guest};

const TOOLS: [&str; 3] = ["fido2-token", "fido2-cred", "fido2-assert"];

fn at_each_door(script: &str, judge: fn(&Steps)) {
    key_at_each_door("sim", script, judge);
}

fn key_at_each_door(key: &str, script: &str, judge: fn(&Steps)) {
    for door in KERNEL_DOORS {
        let serve = format!("serve {door} --touch auto --control 127.0.0.1:8000 {key}\n");
        let Some(steps) = guest(&TOOLS, &(serve + script)) else { return };
        judge(&steps);
    }
}

/// getInfo as libfido2 reads it, and as we do.
#[test]
fn what_the_key_is() {
    at_each_door(
        r#"
        step list fido2-token -L
        step info fido2-token -I "$node"
        step ours "$assay" --json key info "hid:$node"
        "#,
        |steps| {
            assert!(steps.ok("list").starts_with("/dev/hidraw0: vendor=0x1209, product=0xf1d0 ("), "{}", steps.whole);
            let ours: serde_json::Value = serde_json::from_str(steps.ok("ours")).unwrap();
            let joined = |member: &str| {
                let list = ours[member].as_array().unwrap().iter();
                list.map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect::<Vec<_>>()
            };
            let theirs = |begin: &str| steps.line("info", begin).split(", ").map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(steps.line("info", "proto:"), "0x02");
            assert!(steps.line("info", "caps:").contains("cbor"));
            assert_eq!(theirs("version strings:"), joined("versions"));
            assert_eq!(theirs("extension strings:"), joined("extensions"));
            assert_eq!(theirs("transport strings:"), joined("transports"));
            assert_eq!(theirs("pin protocols:"), joined("pinUvAuthProtocols"));
            assert_eq!(steps.line("info", "aaguid:"), ours["aaguid"].as_str().unwrap().replace('-', ""));
            assert_eq!(steps.line("info", "maxmsgsiz:"), ours["maxMsgSize"].to_string());
            let mut options = theirs("options:");
            let mut expected: Vec<String> = ours["options"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, on)| if on == true { name.clone() } else { format!("no{name}") })
                .collect();
            options.sort();
            expected.sort();
            assert_eq!(options, expected);
        },
    );
}

/// A PIN set, mistaken, changed, and gone with a reset after the key was plugged in anew.
#[test]
fn pin_and_reset() {
    at_each_door(
        r#"
        set_pin() { printf '%s\n' 1234-abc 1234-abc | fido2-token -S "$node"; }
        change_pin() { printf '%s\n' "$1" 5678-def 5678-def | fido2-token -C "$node"; }
        step before fido2-token -I "$node"
        step set set_pin
        step with fido2-token -I "$node"
        step wrong change_pin 0000-xyz
        step after-wrong fido2-token -I "$node"
        step change change_pin 1234-abc
        step after-change fido2-token -I "$node"
        step old change_pin 1234-abc
        step off robot /usb1/power/off
        soon test ! -e "$node"
        step nothing fido2-token -L
        step on robot /usb1/power/on
        soon test -e "$node"
        step kept fido2-token -I "$node"
        step reset fido2-token -R "$node"
        step bare fido2-token -I "$node"
        "#,
        |steps| {
            let has_pin = |name: &str| steps.line(name, "options:").split(", ").any(|option| option == "clientPin");
            let retries = |name: &str| steps.line(name, "pin retries:").parse::<u8>().unwrap();
            assert!(!has_pin("before"));
            steps.ok("set");
            assert!(has_pin("with"));
            assert_eq!(retries("with"), 8);
            assert!(steps.ended("wrong", 1).contains("FIDO_ERR_PIN_INVALID"));
            assert_eq!(retries("after-wrong"), 7);
            steps.ok("change");
            assert_eq!(retries("after-change"), 8);
            assert!(steps.ended("old", 1).contains("FIDO_ERR_PIN_INVALID"));
            for step in ["off", "on"] {
                assert_eq!(steps.ok(step), "ok\n", "{step}");
            }
            assert_eq!(steps.ok("nothing"), "");
            assert!(has_pin("kept"), "state outlives the power");
            assert_eq!(retries("kept"), 7);
            steps.ok("reset");
            assert!(!has_pin("bare"));
            assert_eq!(retries("bare"), 8);
        },
    );
}

/// Registrations and sign-ins of both algorithms, verified by libfido2; a changed byte is not.
#[test]
fn ceremonies() {
    at_each_door(
        r#"
        registration >make
        for type in es256 eddsa; do
            step $type-make fido2-cred -M -i make -o made "$node" $type
            step $type-made fido2-cred -V -i made -o cred $type
            sed "1s|.*|$(digest forged)|" made >forged
            step $type-forged fido2-cred -V -i forged $type
            signing_in >ask
            public_key >public.pem
            step $type-assert fido2-assert -G -i ask -o answer "$node" $type
            step $type-verify fido2-assert -V -i answer public.pem $type
            sed "1s|.*|$(digest forged)|" answer >forged
            step $type-refuse fido2-assert -V -i forged public.pem $type
        done
        "#,
        |steps| {
            for algorithm in ["es256", "eddsa"] {
                for step in ["make", "made", "assert", "verify"] {
                    steps.ok(&format!("{algorithm}-{step}"));
                }
                for step in ["forged", "refuse"] {
                    let said = steps.ended(&format!("{algorithm}-{step}"), 1);
                    assert!(said.contains("FIDO_ERR_INVALID_SIG"), "{algorithm}: {said}");
                }
            }
        },
    );
}

/// The same salt gives the same secret, another salt another; a protected credential is found only
/// with the PIN.
#[test]
fn extensions() {
    at_each_door(
        r#"
        registration >make
        step make fido2-cred -M -h -i make -o made "$node"
        step made fido2-cred -V -h -i made -o cred
        public_key >public.pem
        for salt in salt again pepper; do
            signing_in "${salt/again/salt}" >ask
            step $salt-assert fido2-assert -G -h -i ask -o answer "$node"
            step $salt-verify fido2-assert -V -h -i answer public.pem es256
            step $salt tail -n 1 answer
        done
        set_pin() { printf '%s\n' 1234-abc 1234-abc | fido2-token -S "$node"; }
        with_pin() { echo 1234-abc | "$@"; }
        step set set_pin
        step protect with_pin fido2-cred -M -r -v -c 3 -i make -o made "$node"
        step protected fido2-cred -V -v -c 3 -i made -o cred
        step unprotected fido2-cred -V -v -c 2 -i made
        public_key >public.pem
        signing_in >ask
        step without fido2-assert -G -i ask -o answer "$node"
        step with with_pin fido2-assert -G -v -i ask -o answer "$node"
        step verify fido2-assert -V -v -i answer public.pem es256
        "#,
        |steps| {
            for step in ["make", "made", "set", "protect", "protected", "with", "verify"] {
                steps.ok(step);
            }
            for salt in ["salt", "again", "pepper"] {
                steps.ok(&format!("{salt}-assert"));
                steps.ok(&format!("{salt}-verify"));
            }
            // 32 bytes in base64.
            assert_eq!(steps.ok("salt").trim().len(), 44);
            assert_eq!(steps.ok("salt"), steps.ok("again"));
            assert_ne!(steps.ok("salt"), steps.ok("pepper"));
            steps.ended("unprotected", 1);
            assert!(steps.ended("without", 1).contains("FIDO_ERR_NO_CREDENTIALS"));
        },
    );
}

/// Credential management and large blobs of a key that has them; libfido2 1.12 knows the prototype's command alone.
#[test]
fn managing_what_is_kept() {
    key_at_each_door("sim+persona:biometric", MANAGE, |steps| {
        for step in ["set", "make", "made", "blobs", "write", "read"] {
            steps.ok(step);
        }
        assert!(steps.ok("rps").contains("example.org"), "{}", steps.whole);
        assert!(steps.ok("credentials").contains("es256"), "{}", steps.whole);
        assert_eq!(steps.ok("back"), "a blob of ours\n");
    });
}

/// And the tools' refusal where a key says that it has them not.
#[test]
fn managing_what_cannot_be_managed() {
    at_each_door(MANAGE, |steps| {
        for step in ["set", "make", "made"] {
            steps.ok(step);
        }
        for step in ["rps", "credentials", "blobs", "write"] {
            steps.ended(step, 1);
        }
    });
}

const MANAGE: &str = r#"
        set_pin() { printf '%s\n' 1234-abc 1234-abc | fido2-token -S "$node"; }
        with_pin() { echo 1234-abc | "$@"; }
        registration >make
        step set set_pin
        step info fido2-token -I "$node"
        step make with_pin fido2-cred -M -r -v -i make -o made "$node"
        step made fido2-cred -V -v -i made -o cred
        step rps with_pin fido2-token -L -r "$node"
        step credentials with_pin fido2-token -L -k example.org "$node"
        head -c 32 /dev/zero | tr '\0' k | base64 >blobkey
        echo "a blob of ours" >blob
        set_blob() { echo 1234-abc | fido2-token -S -b -k blobkey blob "$node"; }
        step blobs with_pin fido2-token -L -b "$node"
        step write set_blob
        step read fido2-token -G -b -k blobkey back "$node"
        step back cat back
        "#;
