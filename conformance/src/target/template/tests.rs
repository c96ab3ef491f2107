use serde_json::json;

use super::*;

fn values() -> Values {
    let known = [("username", json!("a b")), ("extensions", json!({"credProps": true})), ("flow", json!(7))];
    known.map(|(name, value)| (name.to_owned(), value)).into()
}

#[test]
fn bodies_of_json() {
    let rows = [
        (json!({"user": "{username}"}), r#"{"user":"a b"}"#),
        (json!({"user": "<{username}>", "n": 1}), r#"{"user":"<a b>","n":1}"#),
        (json!({"user": {"name": "{username}"}, "uv": "{user_verification}"}), r#"{"user":{"name":"a b"}}"#),
        // A table whose members are all unknown is left out, one that was empty stays.
        (json!({"selection": {"uv": "{user_verification}"}, "extra": {}}), r#"{"extra":{}}"#),
        (json!({"uv": "{user_verification}"}), "{}"),
        (json!({"extensions": "{extensions}", "flow": "{flow}"}), r#"{"extensions":{"credProps":true},"flow":7}"#),
        (json!(["{username}", "{nothing}"]), r#"["a b"]"#),
        (json!({"braces": "{} {A} {", "text": "x{nothing}y"}), r#"{"braces":"{} {A} {","text":"xy"}"#),
    ];
    for (template, body) in rows {
        assert_eq!(json(&template, &values(), None), body, "{template}");
    }
}

/// The response is spliced in as it is, also where it is no JSON.
#[test]
fn responses_stay_as_they_are() {
    let template = json!({"user": "{username}", "response": "{credential}"});
    for text in [r#"{"id":"a","id":"b"}"#, "{\"id\":", "", "\u{feff}{}"] {
        let body = json(&template, &values(), Some(text));
        assert_eq!(body, format!(r#"{{"user":"a b","response":{text}}}"#));
    }
    assert_eq!(json(&json!("{credential}"), &values(), Some("{\"id\":")), "{\"id\":");
    let fields = json!({"user": "{username}", "uv": "{user_verification}", "answer": "{credential}"});
    assert_eq!(form(&fields, &values(), Some("{\"id\": 1}")), "user=a%20b&answer=%7B%22id%22%3A%201%7D");
}

#[test]
fn paths_and_headers() {
    assert_eq!(path("/flows/{flow}?user={username}&x={nothing}", &values()), "/flows/7?user=a%20b&x=");
    assert_eq!(header("Bearer {flow}", &values()).as_deref(), Some("Bearer 7"));
    assert_eq!(header("Bearer {token}", &values()), None);
    assert!(mentions(&json!({"a": [{"b": "x {username}"}]}), "username"));
    assert!(!mentions(&json!({"a": "{username}"}), "user"));
}
