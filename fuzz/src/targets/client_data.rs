//! Client data.

use assay_mint::assertion::AssertionForge;
use assay_protocol::base64url;
use assay_protocol::client_data::{ClientData, Collected, serialize};
use assay_protocol::tree::json::{self, AnomalyKind};
use serde_json::json;

use super::good;

pub(super) fn run(input: &[u8]) {
    let Ok(data) = ClientData::parse(input) else { return };
    let document = json::read(input);
    assert!(document.syntax_error().is_none(), "a strict view of what is broken");
    assert_eq!(document.anomaly(AnomalyKind::TrailingBytes), None);
    assert_eq!(document.anomaly(AnomalyKind::DuplicateMember), None);

    // Written as a client would, it says the same.
    let Ok(challenge) = base64url::decode(&data.challenge) else { return };
    let written = serialize(&Collected {
        kind: &data.kind,
        challenge: &challenge,
        origin: &data.origin,
        cross_origin: data.cross_origin.unwrap_or_default(),
        top_origin: data.top_origin.as_deref(),
    });
    let again = ClientData::parse(&written).expect("what is written can be read");
    assert_eq!((&again.kind, &again.challenge, &again.origin), (&data.kind, &data.challenge, &data.origin));
    assert_eq!(again.top_origin, data.top_origin);
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let (_, mut forge) = good::forges().swap_remove(0);
    forge.top_origin = Some("https://shop.example".to_owned());
    forge.cross_origin = true;
    let made = forge.forge().expect("a good one");
    let mut payment = AssertionForge::new(&made.credential, &good::CHALLENGE);
    let sign_in = payment.forge().expect("a good one").client_data_json;
    payment.payment = Some(json!({
        "rpId": good::RP_ID, "topOrigin": "https://shop.example", "payeeName": "Shop",
        "payeeOrigin": "https://shop.example",
        "total": {"currency": "EUR", "value": "12.50"},
        "instrument": {"displayName": "Card", "icon": "https://bank.example/card.png"},
    }));
    let bound = br#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://a.example","tokenBinding":{"status":"present","id":"AA"},"x":[1]}"#;
    vec![made.client_data_json, sign_in, payment.forge().expect("a good one").client_data_json, bound.to_vec()]
}
