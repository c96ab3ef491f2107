use super::*;

/// The message of the error that reading `body` ends in, once the members of interest are read.
fn offence(body: &str) -> Option<String> {
    let read = || -> Result<(), Error> {
        let object = Object::parse(body.as_bytes())?;
        object.only(&["text", "flag", "inner", "texts", "integers", "word"])?;
        object.required_text("text")?;
        object.boolean("flag")?;
        if let Some(inner) = object.object("inner")? {
            inner.only(&["text"])?;
            inner.text("text")?;
        }
        object.texts("texts")?;
        object.integers("integers")?;
        object.word("word", &[("a", 1), ("b", 2)])?;
        Ok(())
    };
    read().err().map(|error| error.problem().message)
}

#[test]
fn bad_bodies_are_named() {
    let table = [
        (r#"{"text":"x"}"#, None),
        ("\u{feff}{\"text\":\"x\"}", None),
        ("", Some("not well-formed JSON")),
        ("{", Some("not well-formed JSON")),
        (r#"{"text":"x"} x"#, Some("json_trailing_bytes")),
        (r#"{"text":"x","text":"y"}"#, Some("json_duplicate_member")),
        (r#"{"text":"x","inner":{"text":"a","text":"b"}}"#, Some("json_duplicate_member")),
        (r#"[]"#, Some("the body must be an object, it is of the type array")),
        (r#"null"#, Some("the body must be an object, it is of the type null")),
        (r#"{}"#, Some("text is missing")),
        (r#"{"text":""}"#, Some("text is empty")),
        (r#"{"text":null}"#, Some("text must be a string, it is of the type null")),
        (r#"{"text":1}"#, Some("text must be a string, it is of the type number")),
        (r#"{"text":"x","flag":"true"}"#, Some("flag must be true or false")),
        (r#"{"text":"x","inner":[]}"#, Some("inner must be an object")),
        (r#"{"text":"x","inner":{"text":1}}"#, Some("inner.text must be a string")),
        (r#"{"text":"x","inner":{"extra":1}}"#, Some("unknown member inner.extra")),
        (r#"{"text":"x","texts":["a",1]}"#, Some("texts must be an array of strings")),
        (r#"{"text":"x","integers":[1.5]}"#, Some("integers must be an array of integers")),
        (r#"{"text":"x","word":"c"}"#, Some("word is \"c\", not one of a, b")),
        (r#"{"text":"x","extra":1}"#, Some("unknown member extra")),
    ];
    for (body, expected) in table {
        let got = offence(body);
        match (expected, &got) {
            (None, None) => {}
            (Some(expected), Some(got)) if got.contains(expected) => {}
            _ => panic!("{body}: expected {expected:?}, got {got:?}"),
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    let body = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(Object::parse(body.as_bytes()), Err(Error::MalformedJson(_))));
}
