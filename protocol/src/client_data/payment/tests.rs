use super::*;
use crate::client_data::ClientData;

fn payment(text: &str) -> Payment {
    let data = format!(r#"{{"type":"payment.get","challenge":"AQ","origin":"https://a.example","payment":{text}}}"#);
    ClientData::parse(data.as_bytes()).unwrap().payment
}

#[test]
fn what_was_shown() {
    let text = r#"{"rpId":"bank.example","topOrigin":"https://shop.example","payeeName":"Shop",
        "payeeOrigin":"https://shop.example","total":{"currency":"EUR","value":"12.50"},
        "instrument":{"displayName":"Card","icon":"https://bank.example/card.png","iconMustBeShown":true},
        "browserBoundPublicKey":"AQ"}"#;
    let Payment::Shown(shown) = payment(text) else { panic!("{:?}", payment(text)) };
    assert_eq!(shown.rp_id.as_deref(), Some("bank.example"));
    assert_eq!(shown.total, Some(Amount { currency: "EUR".into(), value: "12.50".into() }));
    assert_eq!(shown.instrument.unwrap().display_name, "Card");
    assert_eq!(shown.browser_bound_public_key, Some(vec![1]));
    assert_eq!(payment("{}"), Payment::Shown(Box::default()));
}

#[test]
fn what_is_none() {
    for (text, what) in [
        ("[]", "array found"),
        (r#"{"rpId":1}"#, "rpId is a number"),
        (r#"{"total":"12.50 EUR"}"#, "total is a string"),
        (r#"{"total":{"currency":"EUR"}}"#, "total: no value"),
        (r#"{"instrument":{"displayName":"Card","icon":null}}"#, "instrument: icon is a null"),
    ] {
        assert_eq!(payment(text), Payment::Ill(what.into()), "{text}");
    }
    assert!(matches!(payment(r#"{"browserBoundPublicKey":"="}"#), Payment::Ill(_)));
}
