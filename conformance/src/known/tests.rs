use super::*;

const FILE: &str = r#"
[[failure]]
case = "a/one"
reason = "fixed in the next release"
clause = "WebAuthn L3 7.1 step 9"
adjudication = "The text asks for the whole origin."
transcript = "POST /attestation/result -> HTTP 200"

[[failure]]
cases = ["a/two", "a/three"]
reason = "one defect, two cases"
"#;

#[test]
fn entries_name_one_case_or_several() {
    let known = KnownFailures::parse(FILE).unwrap();
    assert_eq!(known.of("a/one").unwrap().clause.as_deref(), Some("WebAuthn L3 7.1 step 9"));
    assert_eq!(known.of("a/two"), known.of("a/three"));
    assert_eq!(known.of("a/two"), Some(&KnownFailure::new("one defect, two cases")));
    assert_eq!(known.of("a/four"), None);
    assert_eq!(known.strangers(|id| id != "a/three"), ["a/three"]);
    assert_eq!(KnownFailures::parse("").unwrap(), KnownFailures::default());
}

#[test]
fn what_could_hide_something_is_refused() {
    for (what, text) in [
        ("no case", "[[failure]]\nreason = 'r'"),
        ("no reason", "[[failure]]\ncase = 'a'"),
        ("an empty reason", "[[failure]]\ncase = 'a'\nreason = ' '"),
        ("a member that is not known", "[[failure]]\ncase = 'a'\nreason = 'r'\nreasons = 'r'"),
        ("the same case twice", "[[failure]]\ncase = 'a'\ncases = ['a']\nreason = 'r'"),
        ("a table of another name", "[failures]\na = 'r'"),
    ] {
        assert!(KnownFailures::parse(text).is_err(), "{what}");
    }
    let mut known = KnownFailures::parse(FILE).unwrap();
    assert!(known.merge(KnownFailures::parse(FILE).unwrap()).is_err(), "from two files");
}
