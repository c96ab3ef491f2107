//! CTAP1/U2F: REGISTER, AUTHENTICATE and VERSION (CTAP 2.3 10).
//!
//! An application parameter is the hash of an RP ID and a key handle is a credential id, so that
//! either protocol can use what the other has made.

pub(crate) mod presence;
#[cfg(test)]
mod tests;

use assay_mint::error::Error;
use assay_protocol::cose::alg;
use assay_protocol::ctap2::CommandError;
use assay_protocol::digest::sha256;
use assay_protocol::u2f::apdu::seal;
use assay_protocol::u2f::{
    Authentication, Control, Registration, Request, StatusWord, VERSION, authentication_message, registration_message,
};

use crate::authenticator::Authenticator;
use crate::credential::{CredProtect, Found, Material, generate};
use crate::defect::{self, Defect};
use crate::env::{Purpose, SeededRng};

/// Bit 0 of the presence byte.
const PRESENT: u8 = 0x01;

impl Authenticator {
    /// Answers one APDU; both whole.
    pub fn handle_u2f(&mut self, request: &[u8]) -> Vec<u8> {
        seal(self.dispatch_u2f(request))
    }

    fn dispatch_u2f(&mut self, request: &[u8]) -> Result<Vec<u8>, StatusWord> {
        // Another command has come between those of CTAP2.
        self.session.continuation = None;
        let request = Request::parse(&defect::u2f::read(&self.config.defects, request))?;
        if self.config.u2f.is_none() {
            return Err(StatusWord::INS_NOT_SUPPORTED);
        }
        // §7.2.4: nothing here verifies anybody.
        if self.always_uv() && request != Request::Version && !self.has(Defect::U2fAlwaysUv) {
            return Err(StatusWord::COMMAND_NOT_ALLOWED);
        }
        match request {
            Request::Version if self.has(Defect::U2fVersion) => Ok(b"U2F_V1".to_vec()),
            Request::Version => Ok(VERSION.to_vec()),
            Request::Register { challenge, application } => self.register(&challenge, &application),
            Request::Authenticate { control, challenge, application, key_handle } => {
                let found = self.denoted_by_handle(&key_handle, &application).ok_or({
                    if self.has(Defect::U2fUnknownHandle) {
                        StatusWord::CONDITIONS_NOT_SATISFIED
                    } else {
                        StatusWord::WRONG_DATA
                    }
                })?;
                match control {
                    Control::CheckOnly if !self.has(Defect::U2fCheckOnly) => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
                    Control::DontEnforceUserPresence if self.has(Defect::U2fNotEnforced) => {
                        Err(StatusWord::CONDITIONS_NOT_SATISFIED)
                    }
                    Control::EnforceUserPresence => {
                        self.require_presence(Purpose::SignIn, &application)?;
                        let presence = if self.has(Defect::U2fPresence) { 0 } else { PRESENT };
                        self.authenticate(&found, presence, &challenge, &application)
                    }
                    Control::CheckOnly | Control::DontEnforceUserPresence => {
                        self.authenticate(&found, 0, &challenge, &application)
                    }
                }
            }
        }
    }

    fn register(&mut self, challenge: &[u8; 32], application: &[u8; 32]) -> Result<Vec<u8>, StatusWord> {
        self.require_presence(Purpose::Register, application)?;
        let attestation = self.config.u2f.clone().ok_or(StatusWord::INS_NOT_SUPPORTED)?;
        let generated = match self.has(Defect::U2fFreshKey) {
            false => generate(alg::ES256, self.env.rng.as_mut()),
            true => generate(alg::ES256, &mut SeededRng::new([0; 32])),
        };
        let generated = generated.map_err(unknown)?;
        let material =
            Material { generated: &generated, cred_protect: CredProtect::Optional, third_party_payment: false };
        let key_handle =
            self.vault.seal(&self.realm(application), &material, self.env.rng.as_mut()).map_err(unknown)?;
        let point = generated.key.subject_public_key();
        let attested = if self.has(Defect::U2fAttestation) { &[0; 32] } else { challenge };
        let message = registration_message(application, attested, &key_handle, &point);
        let registration = Registration {
            public_key: point.as_slice().try_into().map_err(|_length| StatusWord::UNKNOWN)?,
            signature: attestation.key.sign(&message).map_err(unknown)?,
            key_handle,
            certificate: attestation.certificate,
        };
        let mut answer = registration.to_bytes();
        if self.has(Defect::U2fReserved) {
            answer.iter_mut().take(1).for_each(|reserved| *reserved = 0x04);
        }
        Ok(answer)
    }

    fn authenticate(
        &mut self,
        found: &Found,
        user_presence: u8,
        challenge: &[u8; 32],
        application: &[u8; 32],
    ) -> Result<Vec<u8>, StatusWord> {
        let counter = self.count(found).map_err(|_store: CommandError| StatusWord::UNKNOWN)?;
        let key = self.prepared.key(found, self.env.rng.as_ref()).map_err(unknown)?;
        let message = match self.has(Defect::U2fSignature) {
            false => authentication_message(application, user_presence, counter, challenge),
            true => authentication_message(challenge, user_presence, counter, application),
        };
        let signature = key.sign(&message).map_err(unknown)?;
        Ok(Authentication { user_presence, counter, signature }.to_bytes())
    }

    /// A credential that CTAP1 can use: of ES256, and not for verified users alone.
    fn denoted_by_handle(&self, key_handle: &[u8], application: &[u8; 32]) -> Option<Found> {
        let open = |handle: &[u8]| self.vault.open(handle, &self.realm(application));
        let found = match self.state.credentials.find(key_handle) {
            Some(kept) => Some(kept.found()).filter(|_| kept.is_of(application)),
            None => open(key_handle).or_else(|| {
                let (last, start) = key_handle.split_last().filter(|_| self.has(Defect::U2fHandleWhole))?;
                open(&[start, &[last ^ 1]].concat())
            }),
        };
        let open_to_all =
            |found: &Found| found.cred_protect != CredProtect::Required || self.has(Defect::U2fCredProtect);
        found.filter(|found| found.alg == alg::ES256 && open_to_all(found))
    }

    /// What a key handle is bound to: its application, unless the key confuses them.
    fn realm(&self, application: &[u8; 32]) -> [u8; 32] {
        if self.has(Defect::U2fApplication) {
            return [0; 32];
        }
        if self.has(Defect::U2fApart) { sha256(application) } else { *application }
    }
}

fn unknown(_internal: Error) -> StatusWord {
    StatusWord::UNKNOWN
}
