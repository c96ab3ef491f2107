//! Confirmations of payments (Secure Payment Confirmation, "Verifying an Authentication Assertion").

use assay_mint::assertion::AssertionForge;
use assay_mint::keys::SigningKey;
use assay_protocol::base64url;
use serde_json::{Value, json};

use super::authentication::Row;
use super::results;
use crate::case::Case;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::need;
use crate::suites::relying_party::world::World;
use crate::target::AuthenticationRequest;

const SPC: &str = "SPC Verifying an Authentication Assertion";
const AS_SHOWN: &str = "What the user was shown is what the relying party wanted confirmed, in every part.";
const SHOP: &str = "https://shop.example";

const DEFAULT: Row = Row {
    id: "",
    clause: SPC,
    needs: &[need::PAYMENT],
    given: "request options for the confirmation of a payment of EUR 12.50 to a shop",
    plants: "",
    ask,
    good: |forge| showing(forge, |_| {}),
    change: |forge| forge,
    codes: &["payment_mismatch"],
    demands: AS_SHOWN,
    twin: "authentication/payment/as-shown",
};

const ROWS: &[Row] = &[
    Row {
        id: "authentication/payment/as-shown",
        plants: "the payment as it was to be shown",
        codes: &[],
        demands: "A payment that was shown as it was to be shown is confirmed.",
        twin: "authentication/accepted/es256",
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/signed-in-instead",
        plants: "a sign-in, where a payment was to be confirmed",
        change: |forge| AssertionForge { payment: None, ..forge },
        codes: &["client_data_type"],
        demands: "A sign-in confirms no payment, as a confirmation signs nobody in.",
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/nothing-shown",
        plants: "the type of a confirmation, and no payment",
        change: |forge| AssertionForge { payment: Some(json!("payment")), ..forge },
        codes: &["payment_data"],
        demands: "A confirmation says what was shown.",
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/total-lower",
        plants: "EUR 1.25 was shown, in the place of EUR 12.50",
        change: |forge| showing(forge, |shown| put(shown, "/total/value", "1.25")),
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/other-currency",
        plants: "another currency was shown",
        change: |forge| showing(forge, |shown| put(shown, "/total/currency", "JPY")),
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/other-payee",
        plants: "another payee was shown",
        change: |forge| showing(forge, |shown| put(shown, "/payeeName", "Another shop")),
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/other-payee-origin",
        plants: "another origin of the payee was shown",
        change: |forge| showing(forge, |shown| put(shown, "/payeeOrigin", "https://evil.example")),
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/other-instrument",
        plants: "another card was shown",
        change: |forge| showing(forge, |shown| put(shown, "/instrument/displayName", "A gift card")),
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/other-page",
        plants: "the outermost page is another one",
        change: |forge| showing(forge, |shown| put(shown, "/topOrigin", "https://evil.example")),
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/other-relying-party",
        plants: "the payment names another relying party",
        change: |forge| showing(forge, |shown| put(shown, "/rpId", "evil.example")),
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/browser-bound",
        plants: "a key that is bound to the browser has signed too",
        good: |forge| bound(forge, false),
        codes: &[],
        demands: "A second signature, by the key that the client data name, is good.",
        twin: "authentication/payment/as-shown",
        ..DEFAULT
    },
    Row {
        id: "authentication/payment/browser-bound-by-another",
        plants: "another key has signed than the one that is bound to the browser",
        good: |forge| bound(forge, false),
        change: |forge| bound(forge, true),
        codes: &["browser_bound_signature"],
        demands: "The key that the client data name is the one that has signed.",
        twin: "authentication/payment/browser-bound",
        ..DEFAULT
    },
];

fn ask(request: &mut AuthenticationRequest) {
    request.requirements = Some(json!({ "payment": {
        "top_origins": [SHOP],
        "payee_name": "Shop",
        "payee_origin": SHOP,
        "total": { "currency": "EUR", "value": "12.50" },
        "instrument": { "displayName": "A card", "icon": "https://bank.example/card.png" },
    } }));
}

/// Shows the payment, with a change.
fn showing(forge: AssertionForge, change: fn(&mut Value)) -> AssertionForge {
    let mut shown = json!({
        "rpId": forge.rp_id,
        "topOrigin": SHOP,
        "payeeName": "Shop",
        "payeeOrigin": SHOP,
        "total": { "value": "12.50", "currency": "EUR" },
        "instrument": { "icon": "https://bank.example/card.png", "displayName": "A card" },
    });
    change(&mut shown);
    AssertionForge { payment: Some(shown), ..forge }
}

fn put(shown: &mut Value, pointer: &str, text: &str) {
    if let Some(member) = shown.pointer_mut(pointer) {
        *member = text.into();
    }
}

/// With a key of the browser's, and a signature by it or by another.
fn bound(forge: AssertionForge, by_another: bool) -> AssertionForge {
    let key = SigningKey::es256(&forge.seed.derive("browser"));
    let other = SigningKey::es256(&forge.seed.derive("another browser"));
    let mut forge = showing(forge, |_| {});
    if let Some(members) = forge.payment.as_mut().and_then(Value::as_object_mut) {
        members.insert(String::from("browserBoundPublicKey"), base64url::encode(&key.cose_key().to_cbor()).into());
    }
    let signer = if by_another { &other } else { &key };
    // What cannot be signed stays unsigned, and the case fails loudly.
    if let Some(signature) = forge.forge().ok().and_then(|made| signer.sign(&made.client_data_json).ok()) {
        let output = json!({ "browserBoundSignature": { "signature": base64url::encode(&signature) } });
        forge.client_extension_results = results("payment", output);
    }
    forge
}

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    ROWS.iter().map(|row| (Basis::Normative, row.case())).collect()
}
