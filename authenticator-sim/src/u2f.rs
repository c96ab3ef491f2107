//! CTAP1/U2F: REGISTER, AUTHENTICATE and VERSION (CTAP 2.3 10).
//!
//! An application parameter is the hash of an RP ID and a key handle is a credential id, so that
//! either protocol can use what the other has made.

#[cfg(test)]
mod tests;

use assay_mint::error::Error;
use assay_protocol::cose::alg;
use assay_protocol::ctap2::CommandError;
use assay_protocol::u2f::apdu::seal;
use assay_protocol::u2f::{
    Authentication, Control, Registration, Request, StatusWord, VERSION, authentication_message, registration_message,
};

use crate::authenticator::Authenticator;
use crate::credential::{CredProtect, Found, Material, generate};
use crate::env::{Prompt, Purpose, Touch};
use crate::operation::Operation;

/// Bit 0 of the presence byte.
const PRESENT: u8 = 0x01;

impl Authenticator {
    /// Answers one APDU; both whole.
    pub fn handle_u2f(&mut self, request: &[u8], operation: &Operation) -> Vec<u8> {
        seal(self.dispatch_u2f(request, operation))
    }

    fn dispatch_u2f(&mut self, request: &[u8], operation: &Operation) -> Result<Vec<u8>, StatusWord> {
        // Another command has come between those of CTAP2.
        self.session.continuation = None;
        let request = Request::parse(request)?;
        if self.config.u2f.is_none() {
            return Err(StatusWord::INS_NOT_SUPPORTED);
        }
        // §7.2.4: nothing here verifies anybody.
        if self.always_uv() && request != Request::Version {
            return Err(StatusWord::COMMAND_NOT_ALLOWED);
        }
        match request {
            Request::Version => Ok(VERSION.to_vec()),
            Request::Register { challenge, application } => self.register(&challenge, &application, operation),
            Request::Authenticate { control, challenge, application, key_handle } => {
                let found = self.denoted_by_handle(&key_handle, &application).ok_or(StatusWord::WRONG_DATA)?;
                match control {
                    Control::CheckOnly => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
                    Control::EnforceUserPresence => {
                        self.require_presence(Purpose::SignIn, operation)?;
                        self.authenticate(&found, PRESENT, &challenge, &application)
                    }
                    Control::DontEnforceUserPresence => self.authenticate(&found, 0, &challenge, &application),
                }
            }
        }
    }

    fn register(
        &mut self,
        challenge: &[u8; 32],
        application: &[u8; 32],
        operation: &Operation,
    ) -> Result<Vec<u8>, StatusWord> {
        self.require_presence(Purpose::Register, operation)?;
        let attestation = self.config.u2f.clone().ok_or(StatusWord::INS_NOT_SUPPORTED)?;
        let generated = generate(alg::ES256, self.env.rng.as_mut()).map_err(unknown)?;
        let material =
            Material { generated: &generated, cred_protect: CredProtect::Optional, third_party_payment: false };
        let key_handle = self.vault.seal(application, &material, self.env.rng.as_mut()).map_err(unknown)?;
        let point = generated.key.subject_public_key();
        let message = registration_message(application, challenge, &key_handle, &point);
        let registration = Registration {
            public_key: point.as_slice().try_into().map_err(|_length| StatusWord::UNKNOWN)?,
            signature: attestation.key.sign(&message).map_err(unknown)?,
            key_handle,
            certificate: attestation.certificate,
        };
        Ok(registration.to_bytes())
    }

    fn authenticate(
        &mut self,
        found: &Found,
        user_presence: u8,
        challenge: &[u8; 32],
        application: &[u8; 32],
    ) -> Result<Vec<u8>, StatusWord> {
        let counter = self.count(found).map_err(|_store: CommandError| StatusWord::UNKNOWN)?;
        let key = found.key(self.env.rng.as_ref()).map_err(unknown)?;
        let message = authentication_message(application, user_presence, counter, challenge);
        let signature = key.sign(&message).map_err(unknown)?;
        Ok(Authentication { user_presence, counter, signature }.to_bytes())
    }

    /// A credential that CTAP1 can use: of ES256, and not for verified users alone.
    fn denoted_by_handle(&self, key_handle: &[u8], application: &[u8; 32]) -> Option<Found> {
        let found = match self.state.credentials.find(key_handle) {
            Some(kept) => Some(kept.found()).filter(|_| kept.is_of(application)),
            None => self.vault.open(key_handle, application),
        };
        found.filter(|found| found.alg == alg::ES256 && found.cred_protect != CredProtect::Required)
    }

    /// The platform asks again and again, so that whoever has not touched yet is no reason to wait.
    fn require_presence(&mut self, purpose: Purpose, operation: &Operation) -> Result<(), StatusWord> {
        match self.ask(&Prompt { purpose, rp_id: None, account: None }, operation) {
            Touch::Given | Touch::Held => Ok(()),
            Touch::Denied | Touch::TimedOut | Touch::Cancelled => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
        }
    }
}

fn unknown(_internal: Error) -> StatusWord {
    StatusWord::UNKNOWN
}
