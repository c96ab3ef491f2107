//! The checks of extensions' outputs and of payments.

use assay_mint::assertion::AssertionForge;
use assay_mint::cbor::Map as Cbor;
use assay_mint::registration::RegistrationForge;
use assay_protocol::client_data::payment::{Amount, Instrument};
use serde_json::{Value, json};

use super::super::Register;
use super::{Bite, RP_ID, none, settings, two};
use crate::Payment;
use crate::extensions::{Asked, ExtensionPolicy};

pub(super) fn bites() -> Vec<Bite> {
    vec![
        two("extension_unsolicited", none(), protected(3), |setting| ask(setting, json!({}), true)),
        two("cred_protect_level", protected(3), protected(2), |setting| {
            let level = "userVerificationRequired";
            let input = json!({ "credentialProtectionPolicy": level, "enforceCredentialProtectionPolicy": true });
            ask(setting, input, false);
        }),
        two("min_pin_length", pin(8), pin(4), |setting| {
            let policy = ExtensionPolicy { min_pin_length: Some(6), ..ExtensionPolicy::default() };
            setting.pending.asked = Asked::new(serde_json::Map::new(), policy);
        }),
        two("prf_output", none(), client("prf", json!({})), |setting| ask(setting, json!({ "prf": {} }), false)),
        two("large_blob_output", none(), client("largeBlob", json!({ "supported": false })), |setting| {
            ask(setting, json!({ "largeBlob": { "support": "required" } }), false);
        }),
        settings(
            "payment_data",
            |setting, forge| shown(&mut setting.pending.payment, forge, Some(card())),
            |setting, forge| shown(&mut setting.pending.payment, forge, Some(json!({ "total": "1 EUR" }))),
        ),
        settings(
            "payment_mismatch",
            |setting, forge| shown(&mut setting.pending.payment, forge, Some(card())),
            |setting, forge| {
                let mut other = card();
                other["total"]["value"] = "1.00".into();
                shown(&mut setting.pending.payment, forge, Some(other))
            },
        ),
        settings(
            "browser_bound_signature",
            |setting, forge| shown(&mut setting.pending.payment, forge, Some(card())),
            |setting, forge| {
                let mut bound = card();
                bound["browserBoundPublicKey"] = "AQ".into();
                shown(&mut setting.pending.payment, forge, Some(bound))
            },
        ),
    ]
}

fn ask(setting: &mut Register, inputs: Value, refuse_unsolicited: bool) {
    let policy = ExtensionPolicy { refuse_unsolicited, ..ExtensionPolicy::default() };
    setting.pending.asked = Asked::new(inputs.as_object().unwrap().clone(), policy);
}

fn authenticator(id: &str, value: u64) -> RegistrationForge {
    let mut outputs = Cbor::default();
    outputs.push(id, value);
    RegistrationForge { extensions: Some(outputs), ..none() }
}

fn protected(level: u64) -> RegistrationForge {
    authenticator("credProtect", level)
}

fn pin(length: u64) -> RegistrationForge {
    authenticator("minPinLength", length)
}

fn client(id: &str, value: Value) -> RegistrationForge {
    let mut forge = none();
    forge.client_extension_results.insert(id.to_owned(), value);
    forge
}

fn card() -> Value {
    json!({
        "rpId": RP_ID,
        "topOrigin": "https://shop.example",
        "total": { "currency": "EUR", "value": "12.50" },
        "instrument": { "displayName": "Card", "icon": "https://example.org/card.png" },
    })
}

fn shown(pending: &mut Option<Payment>, mut forge: AssertionForge, shown: Option<Value>) -> AssertionForge {
    *pending = Some(Payment {
        origins: Vec::new(),
        top_origins: vec!["https://shop.example".into()],
        payee_name: None,
        payee_origin: None,
        total: Amount { currency: "EUR".into(), value: "12.50".into() },
        instrument: Instrument { display_name: "Card".into(), icon: "https://example.org/card.png".into() },
    });
    forge.payment = shown;
    forge
}
