//! APDUs over CTAPHID, and what REGISTER and AUTHENTICATE answer.

use std::thread;
use std::time::Duration;

use assay_attestation::{Signed, verify};
use assay_protocol::aaguid::Aaguid;
use assay_protocol::authenticator_data::{AttestedCredentialData, AuthenticatorData, Flags};
use assay_protocol::check::Enforced;
use assay_protocol::cose::{CoseKey, Curve, PublicKey, alg};
use assay_protocol::ctaphid::Command;
use assay_protocol::digest::sha256;
use assay_protocol::signature;
use assay_protocol::tree::cbor;
use assay_protocol::u2f::{Authentication, Control, Registration, Request, StatusWord, authentication_message};
use ciborium::Value;

use crate::context::Context;
use crate::suites::authenticator::request::{RP_ID, text_map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{Made, make};
use crate::verdict::{Pass, Stop};

/// How long to wait before asking again for what needs a touch: a key answers at once, touched or not.
const PAUSE: Duration = Duration::from_millis(100);

/// The first byte of an uncompressed point.
const UNCOMPRESSED: u8 = 0x04;

/// The answer to an APDU.
pub(in super::super) struct Answer {
    pub(super) word: StatusWord,
    body: Vec<u8>,
}

impl Answer {
    /// The body, where the command has succeeded.
    pub(super) fn ok(self) -> Result<Vec<u8>, Stop> {
        if self.word == StatusWord::NO_ERROR {
            return Ok(self.body);
        }
        Err(Stop::fail(StatusWord::NO_ERROR.to_string(), self.word.to_string()))
    }
}

/// The status word must be one of these; the first is the one of the text.
pub(in super::super) fn refused(answer: &Answer, words: &[StatusWord]) -> Result<Pass, Stop> {
    if words.first() == Some(&answer.word) {
        return Ok(Pass::attributed(answer.word.to_string()));
    }
    if words.contains(&answer.word) {
        return Ok(Pass::unattributed(format!("{} stands for it here", answer.word)));
    }
    let names: Vec<String> = words.iter().map(StatusWord::to_string).collect();
    Err(Stop::fail(names.join(" or "), answer.word.to_string()))
}

/// Sends an APDU, once.
pub(in super::super) fn apdu(key: &mut Key, context: &mut Context, label: &str, bytes: &[u8]) -> Result<Answer, Stop> {
    let message = key.hid(context, label, key.cid, Command::MSG, bytes)?;
    if message.cmd != Command::MSG {
        return Err(Stop::fail("a MSG message", message.cmd.to_string()));
    }
    match message.payload.split_last_chunk() {
        Some((body, word)) => Ok(Answer { word: StatusWord(u16::from_be_bytes(*word)), body: body.to_vec() }),
        None => Err(Stop::fail("a status word", "an answer without one")),
    }
}

/// Sends an APDU until somebody has touched the key.
pub(super) fn touched(key: &mut Key, context: &mut Context, label: &str, bytes: &[u8]) -> Result<Answer, Stop> {
    loop {
        let answer = apdu(key, context, label, bytes)?;
        if answer.word != StatusWord::CONDITIONS_NOT_SATISFIED {
            return Ok(answer);
        }
        if context.check_time().is_err() {
            return Err(Stop::fail("an answer after a touch", answer.word.to_string()));
        }
        thread::sleep(PAUSE);
    }
}

/// The application that is the RP of the good requests.
pub(in super::super) fn application() -> [u8; 32] {
    sha256(RP_ID.as_bytes())
}

/// Registers with the application of the good requests; the attestation must verify.
pub(super) fn register(key: &mut Key, context: &mut Context) -> Result<Made, Stop> {
    let challenge = context.random.block();
    let request = Request::Register { challenge, application: application() };
    let body = touched(key, context, "REGISTER", &request.to_bytes())?.ok()?;
    let registration = Registration::parse(&body).map_err(|error| Stop::fail("a registration", error.to_string()))?;
    read(registration, &challenge)
}

/// A credential that CTAP1 knows. Where REGISTER fails, which cases of its own tell, it is of makeCredential.
pub(super) fn credential(key: &mut Key, context: &mut Context) -> Result<Made, Stop> {
    match register(key, context) {
        Err(Stop::Fail(_)) if key.init.capabilities.cbor() => make(key, context),
        made => made,
    }
}

/// The registration as CTAP2 would have it (CTAP 2.3 10.2): the format fido-u2f.
fn read(registration: Registration, challenge: &[u8; 32]) -> Result<Made, Stop> {
    let attested = AttestedCredentialData::new(Aaguid::ZERO, registration.key_handle, point(&registration.public_key)?);
    let data = AuthenticatorData {
        rp_id_hash: application(),
        flags: Flags(Flags::UP | Flags::AT),
        sign_count: 0,
        attested: Some(attested.clone()),
        extensions: None,
        anomalies: Vec::new(),
    };
    let certificates = Value::Array(vec![Value::Bytes(registration.certificate)]);
    let statement = text_map([("sig", Value::Bytes(registration.signature)), ("x5c", certificates)]);
    let statement = cbor::read(&cbor::to_canonical(&statement)).root;
    let statement = statement.ok_or_else(|| Stop::broken("no statement"))?;
    let bytes = data.to_bytes();
    let signed = Signed::new(&data, &bytes, challenge).map_err(|error| Stop::broken(error.to_string()))?;
    verify("fido-u2f", &statement, &signed, &Enforced::all())
        .map_err(|rejection| Stop::fail("a registration that its certificate has signed", rejection.to_string()))?;
    Ok(Made { attested, data, fmt: "fido-u2f".to_owned() })
}

/// The key of a point, which must be one of P-256.
fn point(bytes: &[u8; 65]) -> Result<CoseKey, Stop> {
    let [UNCOMPRESSED, coordinates @ ..] = bytes else {
        return Err(Stop::fail("0x04 and an uncompressed point", "another first byte"));
    };
    let (x, y) = coordinates.split_at(32);
    let key = PublicKey::Ec2 { curve: Curve::P256, x: x.to_vec(), y: y.to_vec() };
    CoseKey::parse(&CoseKey { alg: alg::ES256, key }.to_cbor())
        .map_err(|error| Stop::fail("a point of P-256", error.to_string()))
}

/// AUTHENTICATE by this credential, with a challenge.
pub(super) fn asking(made: &Made, control: Control, challenge: [u8; 32]) -> Request {
    let key_handle = made.attested.credential_id.clone();
    Request::Authenticate { control, challenge, application: application(), key_handle }
}

/// Does the key know this credential? Its answer, and nothing is signed.
pub(super) fn check(key: &mut Key, context: &mut Context, made: &Made) -> Result<Answer, Stop> {
    let request = asking(made, Control::CheckOnly, context.random.block());
    apdu(key, context, "AUTHENTICATE, check only", &request.to_bytes())
}

/// Signs after a touch.
pub(super) fn authenticate(key: &mut Key, context: &mut Context, made: &Made) -> Result<Authentication, Stop> {
    let challenge = context.random.block();
    let request = asking(made, Control::EnforceUserPresence, challenge);
    let body = touched(key, context, "AUTHENTICATE", &request.to_bytes())?.ok()?;
    signed(&body, challenge, made)
}

/// An authentication whose signature is of the credential's key.
pub(super) fn signed(body: &[u8], challenge: [u8; 32], made: &Made) -> Result<Authentication, Stop> {
    let told = Authentication::parse(body).map_err(|error| Stop::fail("an authentication", error.to_string()))?;
    let message = authentication_message(&application(), told.user_presence, told.counter, &challenge);
    let key = &made.attested.credential_public_key;
    signature::verify(key.alg, &key.key, &message, &told.signature)
        .map_err(|error| Stop::fail("a signature by the credential's key", error.to_string()))?;
    Ok(told)
}
