use super::*;
use crate::report::sample::sample;

#[test]
fn a_rich_report_is_read_back_as_it_was() {
    let report = sample();
    assert_eq!(from_str(&to_string(&report)).unwrap(), report);
}

#[test]
fn the_report_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../../../docs/report.schema.json")).unwrap();
    let report = to_json(&sample());
    check(&schema, &schema, &report, "").unwrap();
    let mut strange = report.clone();
    strange["facts"]["colour"] = json!("red");
    assert!(check(&schema, &schema, &strange, "").is_err());
}

/// As much of JSON Schema as our own schema uses.
fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        return check(root, root.pointer(name.trim_start_matches('#')).unwrap(), value, at);
    }
    if let Some(options) = schema["oneOf"].as_array() {
        let fitting = options.iter().filter(|option| check(root, option, value, at).is_ok()).count();
        return if fitting == 1 { Ok(()) } else { Err(format!("{at}: {fitting} options fit")) };
    }
    let wrong = |what: &str| Err(format!("{at}: {what}: {value}"));
    if schema.get("const").is_some_and(|only| only != value) {
        return wrong("not the constant");
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        return wrong("not in the list");
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match &schema["type"] {
        Value::String(wanted) if wanted != kind => return wrong("of the wrong type"),
        Value::Array(wanted) if !wanted.iter().any(|one| one == kind) => return wrong("of the wrong type"),
        _ => {}
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        check(root, &schema["items"], item, &format!("{at}/{index}"))?;
    }
    if let Some(object) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(name.as_str().unwrap()) {
                return wrong(&format!("lacks {name}"));
            }
        }
        for (name, member) in object {
            let below = format!("{at}/{name}");
            match (schema["properties"].get(name), &schema["additionalProperties"]) {
                (Some(known), _) => check(root, known, member, &below)?,
                (None, Value::Bool(false)) => return wrong(&format!("may not have {name}")),
                (None, others) => check(root, others, member, &below)?,
            }
        }
    }
    Ok(())
}
