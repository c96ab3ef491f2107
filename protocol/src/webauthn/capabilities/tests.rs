use serde_json::json;

use super::*;

#[test]
fn keys_are_known_and_ascending() {
    for (name, capability) in NAMED {
        assert_eq!(name.parse::<Capability>(), Ok(capability.clone()));
        assert_eq!(capability.to_string(), name);
    }
    assert!(NAMED.is_sorted_by_key(|(name, _)| *name));
    let capabilities = Capabilities::default()
        .with(&Capability::RelatedOrigins, false)
        .with(&Capability::Extension("prf".into()), true)
        .with(&Capability::ConditionalGet, true);
    let text = r#"{"conditionalGet":true,"extension:prf":true,"relatedOrigins":false}"#;
    assert_eq!(capabilities.to_json().to_string(), text);
    assert_eq!(capabilities.has(&Capability::RelatedOrigins), Some(false));
    assert_eq!(capabilities.has(&Capability::ConditionalCreate), None, "absent is unknown");
    let Value::Object(record) = capabilities.to_json() else { panic!() };
    assert_eq!(Capabilities::from_json(&record), Some(capabilities));
}

#[test]
fn unknown_keys_are_kept_and_wrong_types_are_not() {
    let Value::Object(record) = json!({ "levitation": true }) else { panic!() };
    let read = Capabilities::from_json(&record).unwrap();
    assert_eq!(read.iter().collect::<Vec<_>>(), [(Capability::Other("levitation".into()), true)]);
    let Value::Object(record) = json!({ "conditionalGet": "yes" }) else { panic!() };
    assert_eq!(Capabilities::from_json(&record), None);
}
