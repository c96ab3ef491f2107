use assay_mint::assertion::AssertionForge;
use assay_mint::keys::SigningKey;
use assay_protocol::base64url;

use super::*;
use crate::tests::{Authenticate, CHALLENGE, RP_ID, code, credential, everything, lab};

fn to_confirm() -> Payment {
    Payment {
        origins: vec!["https://shop.example".into()],
        top_origins: vec!["https://shop.example".into()],
        payee_name: Some("Shop".into()),
        payee_origin: None,
        total: Amount { currency: "EUR".into(), value: "12.50".into() },
        instrument: Instrument { display_name: "Card".into(), icon: "https://example.org/card.png".into() },
    }
}

fn shown() -> Value {
    json!({
        "rpId": RP_ID,
        "topOrigin": "https://shop.example",
        "payeeName": "Shop",
        "total": { "currency": "EUR", "value": "12.50" },
        "instrument": { "displayName": "Card", "icon": "https://example.org/card.png" },
    })
}

fn forge(shown: Option<Value>) -> AssertionForge {
    let mut forge = AssertionForge::new(&credential(), &CHALLENGE);
    forge.origin = "https://shop.example".into();
    forge.payment = shown;
    forge
}

fn judge(forge: &AssertionForge, payment: Option<Payment>) -> &'static str {
    let mut setting = Authenticate::new(&credential());
    setting.pending.payment = payment;
    code(&setting.judge_forge(forge, &everything()))
}

#[test]
fn what_was_shown_is_what_was_to_be_shown() {
    assert_eq!(judge(&forge(Some(shown())), Some(to_confirm())), "accept");
    let changed = |pointer: &str, value: Value| {
        let mut shown = shown();
        *shown.pointer_mut(pointer).unwrap() = value;
        judge(&forge(Some(shown)), Some(to_confirm()))
    };
    for (pointer, value) in [
        ("/rpId", "evil.example"),
        ("/topOrigin", "https://evil.example"),
        ("/payeeName", "Mallory"),
        ("/total/value", "1.00"),
        ("/total/value", "12.5"),
        ("/total/currency", "USD"),
        ("/instrument/displayName", "Gift card"),
        ("/instrument/icon", "https://evil.example/card.png"),
    ] {
        assert_eq!(changed(pointer, value.into()), "payment_mismatch", "{pointer}");
    }
    assert_eq!(changed("/total", "12.50 EUR".into()), "payment_data");
    let mut also = shown();
    also["payeeOrigin"] = "https://shop.example".into();
    assert_eq!(judge(&forge(Some(also)), Some(to_confirm())), "payment_mismatch");
}

/// SPC, "Login Attack": a confirmation is no sign-in, and a sign-in is no confirmation.
#[test]
fn ceremonies_are_kept_apart() {
    let mut at_home = forge(Some(shown()));
    at_home.origin = format!("https://{RP_ID}");
    assert_eq!(judge(&at_home, None), "client_data_type");
    assert_eq!(judge(&forge(None), Some(to_confirm())), "client_data_type");
    let mut elsewhere = forge(Some(shown()));
    elsewhere.origin = "https://other.example".into();
    assert_eq!(judge(&elsewhere, Some(to_confirm())), "origin_mismatch");
    let own = Payment { origins: Vec::new(), ..to_confirm() };
    assert_eq!(judge(&at_home, Some(own)), "accept");
}

#[test]
fn the_browsers_key_signs_too() {
    let key = SigningKey::es256(&lab().seed().derive("browser"));
    let bound = |key: Option<&SigningKey>, sign: Option<&SigningKey>| {
        let mut shown = shown();
        if let Some(key) = key {
            shown["browserBoundPublicKey"] = base64url::encode(&key.cose_key().to_cbor()).into();
        }
        let mut forge = forge(Some(shown));
        if let Some(sign) = sign {
            let signature = sign.sign(&forge.forge().unwrap().client_data_json).unwrap();
            let output = json!({ "browserBoundSignature": { "signature": base64url::encode(&signature) } });
            forge.client_extension_results.insert("payment".into(), output);
        }
        judge(&forge, Some(to_confirm()))
    };
    let other = SigningKey::es256(&lab().seed().derive("another browser"));
    assert_eq!(bound(Some(&key), Some(&key)), "accept");
    assert_eq!(bound(Some(&key), Some(&other)), "browser_bound_signature");
    assert_eq!(bound(Some(&key), None), "browser_bound_signature");
    assert_eq!(bound(None, Some(&key)), "browser_bound_signature");
    assert_eq!(bound(None, None), "accept");
}

#[test]
fn the_input_says_what_to_show() {
    let input = to_confirm().to_input(RP_ID);
    assert_eq!(input["isPayment"], true);
    assert_eq!(input["payeeName"], "Shop");
    assert!(input.get("payeeOrigin").is_none());
    assert_eq!(input["total"]["value"], "12.50");
}
