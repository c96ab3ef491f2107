use serde_json::{Value, json};

use super::differences;

fn ours() -> Value {
    json!({
        "target": "hid:/dev/hidraw0",
        "aaguid": "5e570000-0000-4000-8000-000000000001",
        "versions": ["FIDO_2_0"],
        "options": {"rk": true, "up": true},
        "maxMsgSize": 1200,
        "minPINLength": null,
        "transports": null,
    })
}

fn theirs() -> Value {
    json!({
        "aaguid": "5e570000000040008000000000000001",
        "versions": ["FIDO_2_0"],
        "options": {"up": true, "rk": true},
        "maxMsgSize": 1200,
        "minPINLength": 0,
        "transports": [],
        "firmwareVersion": 0,
    })
}

#[test]
fn what_is_written_otherwise_is_the_same() {
    assert_eq!(differences(&ours(), &theirs()), []);
}

#[test]
fn every_difference_is_told() {
    let rows = [
        ("aaguid", json!("5e570000000040008000000000000002")),
        ("versions", json!(["FIDO_2_0", "FIDO_2_1"])),
        ("versions", json!([])),
        ("options", json!({"rk": false, "up": true})),
        ("options", json!({"rk": true})),
        ("maxMsgSize", json!(1201)),
        ("minPINLength", json!(4)),
        ("transports", json!(["usb"])),
        ("firmwareVersion", json!(5)),
        ("unheardOf", json!(true)),
    ];
    for (member, value) in rows {
        let mut theirs = theirs();
        theirs[member] = value.clone();
        let told = differences(&ours(), &theirs);
        assert_eq!(told.len(), 1, "{member}: {told:?}");
        assert_eq!((told[0].member.as_str(), &told[0].theirs), (member, &value));
        assert_eq!(&told[0].ours, ours().get(member).unwrap_or(&Value::Null));
    }
}
