//! Our own host's side over a real hidraw node: hidapi, the list of keys, and the authenticator suite.

use super::{KERNEL_DOORS, guest};

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
    assert_eq!(list["virtual"], serde_json::json!([{"target": "sim:desk"}]));
    for (at, serial) in [(0, "sim-desk"), (1, ready["keys"][1]["serial_number"].as_str().unwrap())] {
        assert_eq!(ready["keys"][at]["serial_number"], serial);
        let target = &ready["keys"][at]["target"];
        let found = list["usb"].as_array().unwrap().iter().find(|key| &key["target"] == target);
        let found = found.unwrap_or_else(|| panic!("{target} in\n{}", steps.whole));
        assert_eq!(found["serial_number"], serial);
        assert_eq!((&found["vendor_id"], &found["product_id"]), (&0x1209.into(), &0xf1d0.into()));
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
        let said = steps.ok("suite");
        let report: serde_json::Value = serde_json::from_str(said.get(said.find('{').unwrap()..).unwrap()).unwrap();
        assert_eq!(report["verdict"], "conforms", "{door}");
        let total = |name: &str| report["totals"][name].as_u64().unwrap();
        // Only a fresh simulator in memory is reset before each case; what needs that is skipped here.
        assert!(total("passed") > 100, "{door}: {}", report["totals"]);
        assert_eq!(total("passed") + total("skipped"), total("cases"), "{door}: {}", report["totals"]);
    }
}
