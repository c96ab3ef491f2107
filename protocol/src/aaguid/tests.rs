use super::{Aaguid, ParseError};

const TEXT: &str = "08987058-cadc-4b81-b6e1-30de50dcbe96";

#[test]
fn text_and_bytes() {
    let aaguid: Aaguid = TEXT.parse().unwrap();
    assert_eq!(aaguid.as_bytes()[..4], [0x08, 0x98, 0x70, 0x58]);
    assert_eq!(aaguid.to_string(), TEXT);
    assert_eq!(TEXT.to_uppercase().parse(), Ok(aaguid));
    assert_eq!(Aaguid::from_bytes(*aaguid.as_bytes()), aaguid);
    assert!(!aaguid.is_zero());
    assert!("00000000-0000-0000-0000-000000000000".parse::<Aaguid>().unwrap().is_zero());
}

#[test]
fn serde_uses_the_text() {
    let aaguid: Aaguid = TEXT.parse().unwrap();
    let json = serde_json::to_string(&aaguid).unwrap();
    assert_eq!(json, format!("\"{TEXT}\""));
    assert_eq!(serde_json::from_str::<Aaguid>(&json).unwrap(), aaguid);
    assert!(serde_json::from_str::<Aaguid>("\"08987058\"").is_err());
}

#[test]
fn other_texts_are_refused() {
    for text in [
        "",
        "08987058cadc4b81b6e130de50dcbe96",
        "08987058-cadc-4b81-b6e1-30de50dcbe9",
        "08987058-cadc-4b81-b6e1-30de50dcbe967",
        "08987058-cadc-4b81-b6e1-30de50dcbe96-",
        "0898705-8cadc-4b81-b6e1-30de50dcbe96",
        "g8987058-cadc-4b81-b6e1-30de50dcbe96",
        "+8987058-cadc-4b81-b6e1-30de50dcbe96",
        "{08987058-cadc-4b81-b6e1-30de50dcbe96}",
        "08987058-cadc-4b81-b6e1-30de50dcbé96",
    ] {
        assert_eq!(text.parse::<Aaguid>(), Err(ParseError), "{text:?}");
    }
}
