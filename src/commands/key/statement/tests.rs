use serde_json::json;

use super::*;

fn statement() -> Value {
    json!({
        "versions": ["FIDO_2_0", "FIDO_2_1"],
        "aaguid": "2fc0579f811347eab116bb5a8db9202a",
        "options": {"rk": true, "clientPin": false, "plat": false},
        "maxMsgSize": 1280,
        "transports": ["usb", "nfc"],
        "firmwareVersion": 7,
        "extensions": [],
    })
}

fn key(edit: impl FnOnce(&mut Value)) -> Vec<Difference> {
    let mut key = statement();
    key["aaguid"] = json!("2fc0579f-8113-47ea-b116-bb5a8db9202a");
    edit(&mut key);
    differences(statement().as_object().unwrap(), key.as_object().unwrap())
}

#[test]
fn what_only_a_life_has_changed_is_no_difference() {
    assert_eq!(key(|_| {}), []);
    assert_eq!(
        key(|key| {
            key["options"]["clientPin"] = json!(true);
            key["transports"] = json!(["nfc", "usb"]);
            key["firmwareVersion"] = json!(9);
            _ = key.as_object_mut().unwrap().remove("extensions");
        }),
        []
    );
}

#[test]
fn what_is_of_the_model_is_one() {
    for (member, value) in [
        ("versions", json!(["FIDO_2_0"])),
        ("aaguid", json!("00000000-0000-0000-0000-000000000000")),
        ("maxMsgSize", json!(1200)),
        ("firmwareVersion", json!(6)),
        ("maxCredentialIdLength", json!(128)),
    ] {
        let found = key(|key| key[member] = value.clone());
        let [one] = <[Difference; 1]>::try_from(found).unwrap();
        assert_eq!((one.member.as_str(), &one.key), (member, &value));
        assert_eq!(one.statement, statement().get(member).cloned().unwrap_or_default());
    }
    let found = key(|key| key["options"] = json!({"rk": false, "clientPin": false, "credMgmt": true, "plat": false}));
    let members: Vec<&str> = found.iter().map(|at| at.member.as_str()).collect();
    assert_eq!(members, ["options.credMgmt", "options.rk"]);
}
