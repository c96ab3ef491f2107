//! The doors themselves: who may open them, who touches the key behind them, and what is left.

use super::{KERNEL_DOORS, guest};

/// What is missing or forbidden is said, with what to do about it; exit code 2.
#[test]
fn refusals_say_what_to_do() {
    let script = r#"
        try() { "$assay" --state /tmp/state-$1 key serve "${@:2}"; }
        nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$assay" --state "/tmp/state-$1" key serve "${@:2}"; }
        step no-permission nobody a --uhid
        step no-permission-usb nobody b --usb
        rm /dev/uhid
        step no-node try c --uhid
        mount -t tmpfs nothing /sys/devices/platform/vhci_hcd.0
        step no-controller try d --usb
    "#;
    let Some(steps) = guest(&["setpriv"], script) else { return };
    let rows = [
        ("no-permission", "no permission to open /dev/uhid: `assay key udev` prints the rule"),
        ("no-permission-usb", "no permission to open /sys/devices/platform/vhci_hcd.0/attach: only root"),
        ("no-node", "there is no /dev/uhid: run `modprobe uhid`"),
        ("no-controller", "there is no /sys/devices/platform/vhci_hcd.0/status: run `modprobe vhci-hcd`"),
    ];
    for (step, expected) in rows {
        let said = steps.ended(step, 2);
        assert!(said.contains(expected), "{step}: {said}");
    }
}

/// The rule as it is printed, read by the real udev: the group gets in, and the seat's user would.
#[test]
fn the_udev_rule_lets_users_in() {
    let script = r#"
        as_user() { setpriv --reuid=65534 --regid=65534 --groups=50 "$@"; }
        mkdir /tmp/own
        chown 65534 /tmp/own
        step before as_user test -w /dev/uhid
        "$assay" key udev --group "$(getent group 50 | cut -d: -f1)" >/etc/udev/rules.d/70-assay-uhid.rules
        udevadm control --reload
        udevadm trigger --settle --action=add --subsystem-match=misc
        step tags udevadm info /dev/uhid
        step after as_user test -w /dev/uhid
        as_user "$assay" --state /tmp/own/state key serve --uhid --touch auto >ready 2>said &
        soon test -s ready
        step ready cat ready
    "#;
    let Some(steps) = guest(&["setpriv"], script) else { return };
    steps.ended("before", 1);
    assert!(steps.line("tags", "E: TAGS=").contains(":uaccess:"), "{}", steps.whole);
    steps.ok("after");
    assert!(steps.ok("ready").contains("\"target\":\"hid:/dev/hidraw0\""), "{}", steps.whole);
}

/// Unless told otherwise, a key that browsers see asks at the terminal for each touch.
#[test]
fn nobody_touches_it_unasked() {
    for door in KERNEL_DOORS {
        let script = format!(
            r#"
            mkfifo terminal
            exec 5<>terminal
            serve {door} <terminal
            registration >make
            fido2-cred -M -i make -o made "$node" >out 2>&1 &
            soon grep 'touch it to register at example.org as ada' said
            step untouched test ! -s made
            echo >&5
            wait $!
            step touched fido2-cred -V -i made -o cred
            fido2-cred -M -i make -o made2 "$node" >out2 2>&1 &
            soon grep -z 'touched.*touch it to register' said
            echo n >&5
            wait $!
            step declined cat out2
            step said cat said
            "#
        );
        let Some(steps) = guest(&["fido2-cred"], &script) else { return };
        steps.ok("untouched");
        steps.ok("touched");
        assert!(steps.ok("declined").contains("FIDO_ERR_OPERATION_DENIED"), "{}", steps.whole);
        assert!(!steps.ok("said").contains("warning"), "{}", steps.whole);
    }
}

/// Keys that touch themselves come with a warning; and a killed one leaves nothing plugged in.
#[test]
fn what_is_killed_is_unplugged() {
    for door in KERNEL_DOORS {
        let script = format!(
            r#"
            serve {door} --touch auto
            step there fido2-token -L
            kill -KILL $server
            soon test ! -e "$node"
            step gone fido2-token -L
            step said cat said
            serve {door} --touch auto
            step again fido2-token -L
            "#
        );
        let Some(steps) = guest(&["fido2-token"], &script) else { return };
        assert_eq!(steps.ok("there").lines().count(), 1);
        assert_eq!(steps.ok("gone"), "");
        assert_eq!(steps.ok("again").lines().count(), 1);
        assert!(steps.ok("said").contains("warning: sim touches itself"), "{}", steps.whole);
    }
}
