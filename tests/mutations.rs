//! Hostile bytes: good messages with bytes changed, cut, doubled and spliced must never make a
//! parser panic or lose its way. A few thousand always, millions under `--long`.

use assay::inspect::dissect;
use assay::verify::decide_text;
use assay_attestation::{Check, Signed, Sufficient, Terms, verify_under};
use assay_dbsc::proof::Proof;
use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::check::Enforced;
use assay_protocol::client_data::ClientData;
use assay_protocol::cose::CoseKey;
use assay_protocol::ctap2::Command;
use assay_protocol::tree::{cbor, der, json};
use assay_protocol::webauthn::{CreationOptions, Dialect, RegistrationResponse, RequestOptions};
use serde_json::json;
use time::OffsetDateTime;

const NOW: i64 = 1_795_000_000;

#[test]
fn no_byte_makes_a_parser_panic() {
    let rounds = if std::env::var_os("ASSAY_LONG").is_some() { 200_000 } else { 400 };
    let good = messages();
    let mut random = Xorshift(0x005e_ed0f_a55a_7e57);
    for round in 0..rounds {
        for (name, message) in &good {
            let mutant = mutate(message, &mut random);
            let outcome = std::panic::catch_unwind(|| feed(&mutant));
            assert!(outcome.is_ok(), "{name}, round {round}: {}", hex(&mutant));
        }
    }
}

/// Everything that reads bytes from strangers.
fn feed(bytes: &[u8]) {
    let _ = cbor::read(bytes);
    let _ = json::read(bytes);
    let _ = der::read(bytes);
    let _ = AttestationObject::parse(bytes);
    let _ = AuthenticatorData::parse(bytes);
    let _ = ClientData::parse(bytes);
    let _ = CoseKey::parse(bytes);
    let _ = Command::parse(bytes);
    let _ = RegistrationResponse::from_json(bytes, Dialect::FidoRest);
    let _ = CreationOptions::from_json(bytes);
    let _ = RequestOptions::from_json(bytes);
    if let Ok(leaf) = assay_attestation::certificate::Certificate::parse(bytes) {
        let _ = assay_attestation::apple::nonce(&leaf);
    }
    let _ = assay_attestation::android_key::KeyDescription::parse(bytes);
    attest(bytes);
    let _ = assay_attestation::tpm::PubArea::dissect(bytes);
    let _ = assay_attestation::tpm::CertInfo::dissect(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Proof::parse(text);
    }
    let _ = dissect(bytes);
    let _ = decide_text(bytes, 1, OffsetDateTime::from_unix_timestamp(NOW).unwrap());
}

/// The attestation alone, whatever stands around it.
fn attest(bytes: &[u8]) {
    let Ok(object) = AttestationObject::parse(bytes) else { return };
    let Ok(auth_data) = AuthenticatorData::parse(&object.auth_data) else { return };
    let Ok(signed) = Signed::new(&auth_data, &object.auth_data, &[7; 32]) else { return };
    let terms = Terms { now: OffsetDateTime::from_unix_timestamp(NOW).ok(), compound: Sufficient::AtLeast(2) };
    // Without the checks, so that whatever comes after them is reached as well.
    let enforced = Check::ALL.iter().fold(Enforced::all(), |enforced, check| enforced.without(check.id()));
    let _ = verify_under(&object.fmt, &object.att_stmt, &signed, &terms, &enforced);
}

fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let lab = Lab::new([9; 32], NOW);
    let made = RegistrationForge::packed(&lab, "example.org", &[7; 32]).forge().unwrap();
    let tpm = RegistrationForge::tpm(&lab, "example.org", &[7; 32]).forge().unwrap();
    let tpm_rsa = RegistrationForge::tpm_rsa(&lab, "example.org", &[7; 32]).unwrap().forge().unwrap();
    let [pub_area, cert_info] = ["pubArea", "certInfo"].map(|name| {
        let object = AttestationObject::parse(&tpm.attestation_object).unwrap();
        object.att_stmt.get_text(name).unwrap().as_bytes().unwrap().to_vec()
    });
    let line = json!({
        "id": 1, "ceremony": "registration", "rp_id": "example.org", "origins": ["https://example.org"],
        "challenge": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
        "credential": serde_json::from_str::<serde_json::Value>(&made.text).unwrap(),
    });
    let platform = [
        ("android-key", RegistrationForge::android_key(&lab, "example.org", &[7; 32])),
        ("android-safetynet", RegistrationForge::android_safetynet(&lab, "example.org", &[7; 32])),
        ("apple", RegistrationForge::apple(&lab, "example.org", &[7; 32])),
        ("compound", RegistrationForge::compound(&lab, "example.org", &[7; 32])),
    ];
    let platform = platform.map(|(name, forge)| (name, forge.forge().unwrap().attestation_object));
    let mut messages = vec![
        ("verify line", line.to_string().into_bytes()),
        ("registration response", made.text.clone().into_bytes()),
        ("client data", made.client_data_json),
        ("authenticator data", made.auth_data),
        ("attestation object", made.attestation_object),
        ("certificate", made.x5c.first().unwrap().clone()),
        ("attestation object of a TPM", tpm.attestation_object),
        ("attestation object of a TPM with RSA keys", tpm_rsa.attestation_object),
        ("certificate of a TPM's attestation key", tpm.x5c.first().unwrap().clone()),
        ("pubArea", pub_area),
        ("certInfo", cert_info),
        ("make credential", {
            let mut request = vec![0x01];
            let members = ciborium::Value::Map(vec![
                (1.into(), ciborium::Value::Bytes(vec![1; 32])),
                (2.into(), ciborium::Value::Map(vec![("id".into(), "example.org".into())])),
                (3.into(), ciborium::Value::Map(vec![("id".into(), ciborium::Value::Bytes(vec![1]))])),
                (4.into(), ciborium::Value::Array(Vec::new())),
            ]);
            request.extend(cbor::to_canonical(&members));
            request
        }),
        ("proof", b"eyJhbGciOiJFUzI1NiIsInR5cCI6ImRic2Mrand0In0.eyJqdGkiOiJhIn0.AAAA".to_vec()),
    ];
    messages.extend(platform);
    messages
}

/// One to four small changes.
fn mutate(message: &[u8], random: &mut Xorshift) -> Vec<u8> {
    let mut bytes = message.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len().max(1));
        match random.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            1 if !bytes.is_empty() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            2 => bytes.truncate(at),
            3 => bytes.insert(at.min(bytes.len()), u8::try_from(random.below(256)).unwrap()),
            4 if !bytes.is_empty() => {
                bytes.remove(at);
            }
            5 => {
                let end = (at + random.below(64)).min(bytes.len());
                let part = bytes[at.min(end)..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, part);
            }
            // Long heads: lengths that promise more than there is.
            _ => {
                let head = [0x1b, 0x3b, 0x5b, 0x7b, 0x9b, 0xbb, 0xdb, 0xfb, 0x84, 0x30][random.below(10)];
                bytes.splice(at.min(bytes.len())..at.min(bytes.len()), [head, 0xff, 0xff, 0xff, 0xff]);
            }
        }
    }
    bytes
}

struct Xorshift(u64);

impl Xorshift {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
