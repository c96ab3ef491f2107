//! What is the line's fault, and what the credential's.

use assay::verify::decide_text;
use assay_mint::registration::RegistrationForge;
use serde_json::{Value, json};

use super::lines::{CHALLENGE, Line, RP_ID, check, code, lab, now};

fn line() -> Line {
    Line::registration(&RegistrationForge::none(&lab(), RP_ID, &CHALLENGE))
}

fn decide(text: &str) -> Value {
    decide_text(text.as_bytes(), 4, now())
}

/// The good line's text with something in the place of its closing brace.
fn ending(end: &str) -> String {
    let text = line().text();
    format!("{}{end}", text.strip_suffix('}').unwrap())
}

#[test]
fn whatever_is_wrong_inside_the_credential_is_a_rejection() {
    let good = line().credential;
    let within = |front: &str| line().credential(good.replacen('{', front, 1));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let in_string = format!(r#"{{"id":"]}}\"]","deep":{deep}}}"#);
    let many = r#""d":1,"d":2,"#.repeat(200);
    check([
        ("untouched", line(), "accept"),
        ("a text", line().credential("\"credential\""), "credential_not_object"),
        ("null", line().credential("null"), "credential_not_object"),
        ("a list", line().credential("[]"), "credential_not_object"),
        ("a number", line().credential("1e999999"), "credential_not_object"),
        ("empty", line().credential("{}"), "credential_id_missing"),
        ("a member twice", within(r#"{"id":"AAAA","#), "credential_duplicate_member"),
        ("a member twice, in escapes", within(r#"{"\u0069d":"AAAA","#), "credential_duplicate_member"),
        ("a member twice that nobody knows", within(r#"{"x":{"y":1,"y":2},"#), "credential_duplicate_member"),
        ("many members twice", within(&format!("{{{many}")), "credential_duplicate_member"),
        ("a member that nobody knows", within(r#"{"x":{"y":1},"#), "accept"),
        ("half a surrogate pair", within(r#"{"x":"\ud800","#), "accept"),
        ("nested as deep as is read", within(&format!("{{\"x\":{}{},", "[".repeat(15), "]".repeat(15))), "accept"),
        ("nested too deep", within(&format!("{{\"x\":{deep},")), "credential_not_json"),
        ("nothing but nesting", line().credential(deep), "credential_not_json"),
        ("nesting and brackets in strings", line().credential(in_string), "credential_not_json"),
        (
            "no credential",
            Line { credential: "{}".to_owned(), ..line() }.with("ceremony", "login"),
            "error:line_member_value",
        ),
    ]);
}

#[test]
fn whatever_is_wrong_around_it_is_an_error() {
    let deep = "[".repeat(50) + &"]".repeat(50);
    for (what, text, expected, id) in [
        ("a member that nobody knows", ending(",\"x\":1}"), "line_unknown_member", json!("1")),
        ("a member of another case", ending(",\"Profile\":\"w3c-l3\"}"), "line_unknown_member", json!("1")),
        ("a member twice", ending(",\"rp_id\":\"example.org\"}"), "line_duplicate_member", json!("1")),
        ("the credential twice", ending(",\"credential\":{}}"), "line_duplicate_member", json!("1")),
        (
            "an extension twice",
            ending(",\"extensions\":{\"a\":{\"b\":1,\"b\":2}}}"),
            "line_duplicate_member",
            json!("1"),
        ),
        ("nested too deep", ending(&format!(",\"extensions\":{deep}}}")), "line_not_json", Value::Null),
        ("something behind it", ending("} {}"), "line_not_json", Value::Null),
        ("no end", ending(""), "line_not_json", Value::Null),
        ("a comma too many", ending(",}"), "line_not_json", Value::Null),
        ("a control character", ending(",\"x\":\"\t\"}"), "line_not_json", Value::Null),
        ("no JSON", "hello".to_owned(), "line_not_json", Value::Null),
        ("nothing", String::new(), "line_not_json", Value::Null),
        ("blank", " \t\r".to_owned(), "line_not_json", Value::Null),
        ("a list", "[1]".to_owned(), "line_not_object", Value::Null),
        ("a string", "\"{}\"".to_owned(), "line_not_object", Value::Null),
        ("an empty object", "{}".to_owned(), "line_member_missing", Value::Null),
        ("nothing but an id", "{\"id\":7}".to_owned(), "line_member_missing", json!(7)),
    ] {
        let verdict = decide(&text);
        let members: Vec<&String> = verdict.as_object().unwrap().keys().collect();
        assert_eq!(members, ["id", "line", "outcome", "code", "clause", "detail", "evidence"], "{what}");
        assert_eq!(verdict["outcome"], "error", "{what}: {verdict}");
        assert_eq!(verdict["code"], expected, "{what}: {verdict}");
        assert_eq!(verdict["id"], id, "{what}: {verdict}");
        assert_eq!(verdict["line"], 4, "{what}");
        assert_ne!(verdict["detail"], "", "{what}");
    }
}

#[test]
fn bytes_that_are_no_text_are_an_error() {
    let text = [line().text().as_bytes(), b"\xff"].concat();
    assert_eq!(code(&decide_text(&text, 1, now())), "error:line_not_json");
    let text = line().text().replace("example.org", "example.\u{fffd}rg");
    let text = text.as_bytes().split(|byte| *byte == 0xef).collect::<Vec<_>>().join(&0xff);
    assert_eq!(code(&decide_text(&text, 1, now())), "error:line_not_json");
}

#[test]
fn what_must_be_there() {
    check([
        ("no id", line().without("id"), "error:line_member_missing"),
        ("the id is null", line().with("id", Value::Null), "error:line_member_missing"),
        ("no ceremony", line().without("ceremony"), "error:line_member_missing"),
        ("another ceremony", line().with("ceremony", "Registration"), "error:line_member_value"),
        ("the ceremony is no string", line().with("ceremony", 1), "error:line_member_type"),
    ]);
    let text = Value::Object(line().members).to_string();
    assert_eq!(code(&decide(&text)), "error:line_member_missing");
}

#[test]
fn the_id_comes_back_as_it_is() {
    for id in [
        json!("a\u{0}\"é"),
        json!(""),
        json!(-1),
        json!(1.5),
        json!(true),
        json!([1, {"a": null}]),
        json!({"b": 1, "a": 2}),
    ] {
        for (line, outcome) in
            [(line(), "accept"), (line().with("challenge", "AAAA"), "reject"), (line().with("unknown", 1), "error")]
        {
            let verdict = line.with("id", id.clone()).decide();
            assert_eq!(verdict["outcome"], outcome);
            assert_eq!(verdict["id"].to_string(), id.to_string());
        }
    }
}

#[test]
fn every_verdict_has_the_same_members() {
    let accepted = line().decide();
    let rejected = line().with("rp_id", "example.com").decide();
    for verdict in [&accepted, &rejected] {
        let members: Vec<&String> = verdict.as_object().unwrap().keys().collect();
        assert_eq!(members, ["id", "outcome", "code", "clause", "detail", "evidence"]);
    }
    assert_eq!((&accepted["code"], &accepted["clause"], &accepted["detail"]), (&Value::Null, &Value::Null, &json!("")));
    assert!(accepted["evidence"].is_object());
    assert_eq!(rejected["clause"], "WebAuthn L3 7.1 step 14; 7.2 step 15");
    assert_eq!(rejected["detail"], "not SHA-256 of \"example.com\"");
    assert!(rejected["evidence"].is_null());
}
