//! `assay why` of any paste, and `assay verify` of any line.

use assay::output::Style;
use assay::verify::decide_text;
use assay::why::{Given, text, why};
use assay_mint::assertion::AssertionForge;
use assay_protocol::base64url::encode;
use serde_json::{Value, json};

use super::{good, webauthn_json};

pub(super) fn run(input: &[u8]) {
    if let Ok(answer) = why(input, &Given::default(), good::now()) {
        assert!(answer.ceremonies.len() <= input.len(), "{} ceremonies", answer.ceremonies.len());
        let _ = text(&answer, Style::for_stdout());
    }
    let verdict = decide_text(input, 1, good::now());
    let outcome = verdict.get("outcome").and_then(Value::as_str);
    assert!(matches!(outcome, Some("accept" | "reject" | "error")), "{verdict}");
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let (_, forge) = good::forges().swap_remove(1);
    let made = forge.forge().expect("a good one");
    let signed = AssertionForge::new(&made.credential, &good::CHALLENGE).forge().expect("a good one");
    let value = |text: &str| serde_json::from_str::<Value>(text).expect("a response is JSON");
    let mut line = json!({
        "id": 1, "ceremony": "registration", "rp_id": good::RP_ID, "origins": [format!("https://{}", good::RP_ID)],
        "challenge": encode(&good::CHALLENGE), "credential": value(&made.text),
    });
    let registration = line.to_string();
    line["ceremony"] = json!("authentication");
    line["credential"] = value(&signed.text);
    line["stored"] = json!({
        "credential_id": encode(&made.credential.id), "sign_count": 0, "backup_eligible": false, "backup_state": false,
        "public_key": encode(&made.credential.key.cose_key().to_cbor()), "uv_initialized": true,
    });
    let exchange = json!({
        "request": {"method": "POST", "url": "https://example.org/passkey?x=1", "postData": {"text": made.text}},
        "response": {"status": 200, "content": {"text": "{\"status\":\"ok\"}"}},
    });
    let console = format!(
        "PublicKeyCredential {{id: '{id}', rawId: ArrayBuffer(4), response: AuthenticatorAttestationResponse, type: 'public-key'}}\n\
         response: AuthenticatorAttestationResponse {{clientDataJSON: ArrayBuffer(3) {{0: 123, 1: 34, 2: 125}}, \
         attestationObject: Uint8Array(2) [163, 1]}}",
        id = encode(&made.credential.id),
    );
    let mut seeds = vec![
        registration.into_bytes(),
        line.to_string().into_bytes(),
        json!({"log": {"version": "1.2", "entries": [exchange]}}).to_string().into_bytes(),
        console.into_bytes(),
    ];
    seeds.extend(webauthn_json::seeds());
    seeds
}
