//! The JSON of WebAuthn: responses in both dialects, options, signals, related origins.

use assay_mint::assertion::AssertionForge;
use assay_protocol::webauthn::related_origins::{Document, Fetched};
use assay_protocol::webauthn::signals::{AllAcceptedCredentials, CurrentUserDetails, UnknownCredential};
use assay_protocol::webauthn::{
    AuthenticationResponse, CreationOptions, Dialect, RegistrationResponse, RequestOptions,
};
use serde_json::json;

use super::good;

pub(super) fn run(input: &[u8]) {
    for dialect in [Dialect::WebAuthn, Dialect::FidoRest] {
        if let Ok(response) = RegistrationResponse::from_json(input, dialect) {
            let text = response.to_json().to_string();
            assert_eq!(RegistrationResponse::from_json(text.as_bytes(), dialect), Ok(response), "{text}");
        }
        if let Ok(response) = AuthenticationResponse::from_json(input, dialect) {
            let text = response.to_json().to_string();
            assert_eq!(AuthenticationResponse::from_json(text.as_bytes(), dialect), Ok(response), "{text}");
        }
    }
    if let Ok(options) = CreationOptions::from_json(input) {
        let text = options.to_json().to_string();
        assert_eq!(CreationOptions::from_json(text.as_bytes()), Ok(options), "{text}");
    }
    if let Ok(options) = RequestOptions::from_json(input) {
        let text = options.to_json().to_string();
        assert_eq!(RequestOptions::from_json(text.as_bytes()), Ok(options), "{text}");
    }
    let _ = (UnknownCredential::from_json(input), AllAcceptedCredentials::from_json(input));
    let _ = CurrentUserDetails::from_json(input);
    let fetched = Fetched { status: 200, content_type: "application/json".to_owned(), body: input.to_vec() };
    if let Ok(document) = Document::read(&fetched) {
        let _ = (document.lists("https://example.org", 5), document.labels());
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (_, forge) in good::forges().into_iter().take(2) {
        let made = forge.forge().expect("a good one");
        let signed = AssertionForge::new(&made.credential, &good::CHALLENGE).forge().expect("a good one");
        seeds.extend([made.text.into_bytes(), signed.text.into_bytes()]);
    }
    let options = [
        json!({
            "rp": {"id": good::RP_ID, "name": "Example"}, "user": {"id": "AAAA", "name": "ada", "displayName": "Ada"},
            "challenge": "BwcHBwcHBwcHBwcHBwcHBw", "timeout": 60000, "attestation": "direct",
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
            "excludeCredentials": [{"type": "public-key", "id": "AAAA", "transports": ["usb"]}],
            "authenticatorSelection": {"residentKey": "required", "userVerification": "preferred"},
            "hints": ["security-key"], "extensions": {"credProps": true},
        }),
        json!({
            "challenge": "BwcHBwcHBwcHBwcHBwcHBw", "rpId": good::RP_ID, "timeout": 60000, "hints": ["hybrid"],
            "allowCredentials": [{"type": "public-key", "id": "AAAA"}], "userVerification": "required",
            "extensions": {"appid": "https://example.org/appid.json"},
        }),
        json!({"rpId": good::RP_ID, "credentialId": "AAAA"}),
        json!({"rpId": good::RP_ID, "userId": "AAAA", "allAcceptedCredentialIds": ["AAAA"]}),
        json!({"rpId": good::RP_ID, "userId": "AAAA", "name": "ada", "displayName": "Ada"}),
        json!({"origins": ["https://example.org", "https://example.co.uk"]}),
    ];
    seeds.extend(options.iter().map(|options| options.to_string().into_bytes()));
    seeds
}
