use super::*;

fn fetched(body: &str) -> Fetched {
    Fetched { status: 200, content_type: "application/json".into(), body: body.into() }
}

fn listing(origins: &[&str]) -> Document {
    Document { origins: origins.iter().map(|origin| (*origin).to_owned()).collect() }
}

#[test]
fn documents_are_read_strictly() {
    let good = fetched(r#"{"origins":["https://example.co.uk"],"more":1}"#);
    assert_eq!(Document::read(&good), Ok(listing(&["https://example.co.uk"])));
    let with_charset = Fetched { content_type: "Application/JSON; charset=utf-8".into(), ..good.clone() };
    assert!(Document::read(&with_charset).is_ok());
    for (wrong, expected) in [
        (Fetched { status: 404, ..good.clone() }, NoDocument::Status),
        (Fetched { status: 204, ..good.clone() }, NoDocument::Status),
        (Fetched { content_type: "text/html".into(), ..good.clone() }, NoDocument::ContentType),
        (Fetched { content_type: String::new(), ..good }, NoDocument::ContentType),
        (fetched("[]"), NoDocument::NotObject),
        (fetched("{"), NoDocument::NotObject),
        (fetched("{}"), NoDocument::Origins),
        (fetched(r#"{"origins":"https://example.org"}"#), NoDocument::Origins),
        (fetched(r#"{"origins":["https://example.org",1]}"#), NoDocument::Origins),
    ] {
        assert_eq!(Document::read(&wrong), Err(expected));
    }
}

#[test]
fn origins_are_compared_whole() {
    let document =
        listing(&["https://example.co.uk", "https://login.example.de:8443", "nonsense", "https://EXAMPLE.fr/path"]);
    for (caller, is_listed) in [
        ("https://example.co.uk", true),
        ("https://example.co.uk:443", true),
        ("http://example.co.uk", false),
        ("https://www.example.co.uk", false),
        ("https://login.example.de:8443", true),
        ("https://login.example.de", false),
        ("https://example.fr", true),
        ("nonsense", false),
        ("null", false),
    ] {
        assert_eq!(document.lists(caller, LABELS), is_listed, "{caller}");
    }
}

#[test]
fn labels_are_counted() {
    // One label under many suffixes takes one place; what is no domain takes none.
    let document = listing(&[
        "https://example.co.uk",
        "https://example.de",
        "https://www.example.fr",
        "https://127.0.0.1",
        "https://co.uk",
        "https://two.example",
        "https://three.example",
        "https://four.example",
        "https://five.example",
        "https://six.example",
        "https://example.it",
    ]);
    assert!(document.lists("https://five.example", LABELS));
    assert!(!document.lists("https://six.example", LABELS), "the sixth label");
    assert!(document.lists("https://six.example", LABELS + 1));
    assert!(document.lists("https://example.it", LABELS), "the first label again");
    assert_eq!(document.labels().len(), 6);
    assert!(!document.lists("https://127.0.0.1", LABELS), "no domain");
    assert_eq!(document.to_json()["origins"][1], "https://example.de");
}

#[test]
fn origins_are_written_as_clients_do() {
    assert!(is_origin("https://example.org") && is_origin("https://example.org:8443"));
    for wrong in
        ["https://example.org/", "https://Example.org", "http://example.org", "example.org", "https://example.org:443"]
    {
        assert!(!is_origin(wrong), "{wrong}");
    }
}
