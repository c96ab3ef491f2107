//! OpenSSH: keys made by `ssh-keygen`, and logins at a real sshd with them.

use super::{KERNEL_DOORS, Steps, guest};

const PROGRAMS: [&str; 3] = ["ssh", "ssh-keygen", "sshd"];

/// Starts sshd, and defines `login NAME`.
const SERVER: &str = r#"
    ssh-keygen -q -t ed25519 -N '' -f host
    mkdir -p /run/sshd
    : >authorized
    /usr/sbin/sshd -D -e -f /dev/null -p 2222 -o ListenAddress=127.0.0.1 -o HostKey=/tmp/host -o PidFile=none \
        -o AuthorizedKeysFile=/tmp/authorized -o StrictModes=no -o UsePAM=no -o LogLevel=VERBOSE 2>sshd.log &
    is_open() { (: </dev/tcp/127.0.0.1/2222) 2>/dev/null; }
    soon is_open
    login() {
        ssh -F none -o BatchMode=yes -o UserKnownHostsFile=/tmp/known -o StrictHostKeyChecking=accept-new \
            -o IdentitiesOnly=yes -i "$1" -p 2222 root@127.0.0.1 'echo "logged in as $(id -un)"'
    }
"#;

/// A login is refused until the key is among those that may, and then it is the key's: the server
/// names its fingerprint.
#[test]
fn logins() {
    for door in KERNEL_DOORS {
        let script = format!(
            r#"
            serve {door} --touch auto
            {SERVER}
            for type in ecdsa-sk ed25519-sk; do
                step $type-make ssh-keygen -q -t $type -N '' -f $type
                step $type-stranger login $type
                cat $type.pub >>authorized
                step $type-login login $type
                step $type-print ssh-keygen -l -f $type.pub
            done
            step log cat sshd.log
            unplug
            step unplugged login ecdsa-sk
            "#
        );
        let Some(steps) = guest(&PROGRAMS, &script) else { return };
        for kind in ["ecdsa-sk", "ed25519-sk"] {
            steps.ok(&format!("{kind}-make"));
            assert!(steps.ended(&format!("{kind}-stranger"), 255).contains("Permission denied"), "{}", steps.whole);
            assert!(steps.ok(&format!("{kind}-login")).contains("logged in as root"), "{}", steps.whole);
            let print = steps.ok(&format!("{kind}-print")).split(' ').nth(1).unwrap().to_owned();
            let accepted =
                steps.ok("log").lines().any(|line| line.contains("Accepted publickey") && line.contains(&print));
            assert!(accepted, "{kind} {print} in\n{}", steps.whole);
        }
        // The file alone opens nothing.
        steps.ended("unplugged", 255);
    }
}

/// Keys that live on the key itself, made with a PIN, and a login that wants the PIN again.
#[test]
fn keys_on_the_key() {
    let Some(steps) = with_keys_on("sim") else { return };
    // Who cannot list its credentials cannot give them back.
    assert!(steps.ended("found", 255).contains("Unable to load resident keys"), "{}", steps.whole);
}

/// And given back to whoever has the key and the PIN, by `ssh-keygen -K`.
#[test]
fn keys_on_the_key_that_come_back() {
    let Some(steps) = with_keys_on("sim+persona:biometric") else { return };
    for application in ["ssh:assay-ecdsa-sk", "ssh:assay-ed25519-sk"] {
        assert!(steps.ok("list").contains(application), "{}", steps.whole);
    }
}

fn with_keys_on(key: &str) -> Option<Steps> {
    let script = format!(
        r#"
        serve --uhid --touch auto {key}
        {SERVER}
        set_pin() {{ printf '%s\n' 1234-abc 1234-abc | fido2-token -S "$node"; }}
        step set set_pin
        printf '#!/bin/sh\necho 1234-abc\n' >askpass
        chmod +x askpass
        export SSH_ASKPASS=/tmp/askpass SSH_ASKPASS_REQUIRE=force
        for type in ecdsa-sk ed25519-sk; do
            step $type-make ssh-keygen -q -t $type -O resident -O verify-required -O application=ssh:assay-$type -N '' -f $type
            sed 's/^/verify-required /' $type.pub >>authorized
        done
        step info fido2-token -I "$node"
        with_pin() {{
            ssh -F none -o UserKnownHostsFile=/tmp/known -o StrictHostKeyChecking=accept-new -o IdentitiesOnly=yes \
                -i "$1" -p 2222 root@127.0.0.1 'echo "logged in as $(id -un)"'
        }}
        step login with_pin ed25519-sk
        mkdir found
        cd found
        step found ssh-keygen -K -N ''
        step list cat *.pub
        "#
    );
    let steps = guest(&["ssh", "ssh-keygen", "sshd", "fido2-token"], &script)?;
    for kind in ["ecdsa-sk", "ed25519-sk"] {
        steps.ok(&format!("{kind}-make"));
    }
    let kept: u32 = steps.line("info", "remaining rk(s):").parse().unwrap();
    assert!(kept < 100, "they are on the key: {kept}");
    assert!(steps.ok("login").contains("logged in as root"), "{}", steps.whole);
    Some(steps)
}
