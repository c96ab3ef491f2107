//! authenticatorGetAssertion and authenticatorGetNextAssertion (CTAP 2.3 6.2 and 6.3).

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use assay_protocol::ctap2::get_assertion::{Request, Response};
use assay_protocol::ctap2::{CommandError, Descriptor, PUBLIC_KEY, Status, UserEntity};
use assay_protocol::digest::sha256;

use crate::authenticator::{Authenticator, Continuation, internal, refuse};
use crate::credential::{CredProtect, Found, UserVerified};
use crate::defect::Defect;
use crate::env::{Prompt, Purpose};
use crate::extensions::Wanted;
use crate::operation::Operation;
use crate::state::StoredCredential;
use crate::token::Ticket;
use crate::user_verification::{Param, SIGN_IN};

const UP: u8 = 0x01;
const UV: u8 = 0x04;
const BE: u8 = 0x08;
const ED: u8 = 0x80;

/// How long the next assertion may be asked for.
const NEXT_LIMIT: Duration = Duration::from_secs(30);

/// An assertion of several accounts, for authenticatorGetNextAssertion.
pub(crate) struct Remembered {
    assertion: Assertion,
    /// What has not been asked for yet, the next one first.
    rest: VecDeque<Candidate>,
    at: Duration,
    ticket: Option<Ticket>,
}

/// A credential that a request may be answered by.
enum Candidate {
    /// A kept one, by its number.
    Kept(u64),
    /// One that was named.
    Found(Box<Found>),
}

/// What the assertions of one request have in common.
struct Assertion {
    rp_id_hash: [u8; 32],
    client_data_hash: [u8; 32],
    user_present: bool,
    user_verified: UserVerified,
    wanted: Wanted,
}

impl Authenticator {
    pub(crate) fn get_assertion(&mut self, request: &Request, operation: &Operation) -> Result<Vec<u8>, CommandError> {
        let prompt = Prompt { purpose: Purpose::SignIn, rp_id: Some(request.rp_id.clone()), account: None };
        let listed = request.allow_list.as_ref().map_or(0, Vec::len);
        if listed > usize::from(self.config.limits.credential_count_in_list) {
            return refuse(Status::LIMIT_EXCEEDED, "allowList is longer than maxCredentialCountInList");
        }

        // §6.2.2 steps 1 and 2
        let param = request.pin_uv_auth_param.as_deref();
        let param = self.param(param, request.pin_uv_auth_protocol, &SIGN_IN, &prompt, operation)?;

        // step 4
        let mut uv = self.wants_uv(request.options, param.as_ref(), &SIGN_IN)?;
        if request.options.rk.is_some() && !self.has(Defect::GaRk) {
            return refuse(Status::UNSUPPORTED_OPTION, "rk");
        }
        let touch_wanted = request.options.up.unwrap_or(true);

        // step 5
        let asked = touch_wanted || self.has(Defect::AlwaysUvSilent);
        if self.always_uv() && asked && !self.has(Defect::AlwaysUvGa) {
            if !self.is_protected() {
                return self.uv_wanted();
            }
            uv |= param.is_none() && self.has_uv();
            if param.is_none() && !uv {
                return self.uv_wanted();
            }
        }

        // step 6
        let param = param.filter(|_| self.is_protected());
        if let Some(param) = &param {
            self.verify_param(param, &request.client_data_hash, &SIGN_IN, &request.rp_id)?;
        } else if uv {
            self.verify_built_in(&SIGN_IN, &request.rp_id, operation)?;
        }
        let user_verified = if param.is_some() || uv { UserVerified::Yes } else { UserVerified::No };
        let interaction = uv && self.uv_is_interaction();
        let ticket = param.as_ref().map(Param::protocol).and_then(|protocol| self.session.token(protocol));
        let ticket = ticket.map(|token| token.ticket());

        // step 7
        let rp_id_hash = sha256(request.rp_id.as_bytes());
        let mut rest = self.locate(request, &rp_id_hash, user_verified);
        let Some(first) = rest.pop_front().and_then(|candidate| self.found(candidate)) else {
            return refuse(Status::NO_CREDENTIALS, "nothing for this request");
        };

        // step 9
        if touch_wanted && !interaction {
            if !self.token_has_presence(param.as_ref()) {
                self.require_touch(&prompt, operation)?;
            }
            if !self.has(Defect::GaTokenSpent) {
                self.spend_tokens();
            }
        } else if !touch_wanted && self.has(Defect::GaTokenSilent) {
            self.spend_tokens();
        }

        // step 10
        let method = self.method(param.is_some(), uv);
        let wanted = Wanted::read(self, request.extensions.as_ref(), request.options.up, method)?;

        // steps 11 to 13
        let assertion = Assertion {
            rp_id_hash,
            client_data_hash: request.client_data_hash,
            user_present: touch_wanted || interaction || self.has(Defect::GaUp),
            user_verified,
            wanted,
        };
        let mut response = self.assert(&assertion, &first)?;
        if names_nobody(request) && !rest.is_empty() {
            let all = if self.has(Defect::NumberOfCredentials) { rest.len() } else { rest.len() + 1 };
            response.number_of_credentials = u64::try_from(all).ok();
            self.remember(Remembered { assertion, rest, at: self.env.clock.now(), ticket });
        } else if !names_nobody(request) {
            if self.has(Defect::AllowNumber) {
                response.number_of_credentials = Some(1);
            }
            if self.has(Defect::NextAfterList) {
                rest.push_back(Candidate::Found(Box::new(first)));
                self.remember(Remembered { assertion, rest, at: self.env.clock.now(), ticket });
            }
        }
        Ok(response.to_cbor())
    }

    fn remember(&mut self, remembered: Remembered) {
        self.session.continuation = Some(Continuation::Assertions(Box::new(remembered)));
    }

    pub(crate) fn get_next_assertion(&mut self, continuation: Option<Continuation>) -> Result<Vec<u8>, CommandError> {
        // §6.3 steps 1 and 2
        let Some(Continuation::Assertions(remembered)) = continuation else {
            let wrong = self.has(Defect::NextWithoutState);
            return refuse(if wrong { Status::NO_CREDENTIALS } else { Status::NOT_ALLOWED }, "nothing to continue");
        };
        let mut remembered = *remembered;
        let Some(next) = remembered.rest.pop_front() else {
            let wrong = self.has(Defect::NextExhausted);
            return refuse(if wrong { Status::NO_CREDENTIALS } else { Status::NOT_ALLOWED }, "no further assertion");
        };
        // step 3
        let now = self.env.clock.now();
        if now.saturating_sub(remembered.at) > NEXT_LIMIT {
            return refuse(Status::NOT_ALLOWED, "too late for the next assertion");
        }
        // §6
        if !self.is_honoured(remembered.ticket) {
            return refuse(Status::NOT_ALLOWED, "the token has expired");
        }
        // steps 4 and 5
        let Some(next) = self.found(next) else {
            return refuse(Status::NOT_ALLOWED, "the credential is kept no longer");
        };
        if self.has(Defect::HmacSecretNext) {
            remembered.assertion.wanted.hmac_secret = None;
        }
        let mut response = self.assert(&remembered.assertion, &next)?;
        if self.has(Defect::LbkNext) {
            response.large_blob_key = None;
        }
        if self.has(Defect::NextNumber) {
            response.number_of_credentials = u64::try_from(remembered.rest.len() + 1).ok();
        }
        remembered.at = now;
        self.remember(remembered);
        Ok(response.to_cbor())
    }

    /// §6.2.2 step 7; of several that were named, the first.
    fn locate(&self, request: &Request, rp_id_hash: &[u8; 32], user_verified: UserVerified) -> VecDeque<Candidate> {
        let verified = user_verified == UserVerified::Yes;
        if names_nobody(request) {
            let kept = &self.state.credentials;
            let mut numbers: Vec<u64> = match self.has(Defect::DiscoverableRp) {
                false => kept.of_rp(rp_id_hash).rev().collect(),
                true => kept.numbers().rev().collect(),
            };
            numbers.retain(|number| match kept.numbered(*number).map(StoredCredential::protection) {
                Some(CredProtect::Optional) => true,
                Some(CredProtect::OptionalWithList) => {
                    verified && !self.has(Defect::CredProtectTwoVerified) || self.has(Defect::CredProtectUnlisted)
                }
                Some(CredProtect::Required) => {
                    verified && !self.has(Defect::CredProtectThreeVerified) || self.has(Defect::CredProtectRequired)
                }
                None => verified,
            });
            if self.has(Defect::NewestFirst) {
                numbers.reverse();
            }
            return numbers.into_iter().map(Candidate::Kept).collect();
        }
        let looked_at = if self.has(Defect::AllowList) { 1 } else { usize::MAX };
        let listed = request.allow_list.iter().flatten().take(looked_at);
        let found = listed
            .filter(|entry| entry.kind == PUBLIC_KEY || self.has(Defect::AllowType))
            .filter_map(|entry| self.denoted(&entry.id, &request.rp_id, rp_id_hash, Defect::RpBinding))
            .find(|found| match found.cred_protect {
                CredProtect::Optional => true,
                CredProtect::OptionalWithList => verified || !self.has(Defect::CredProtectListed),
                CredProtect::Required => {
                    verified && !self.has(Defect::CredProtectThreeVerified) || self.has(Defect::CredProtectRequired)
                }
            });
        found.map(Box::new).map(Candidate::Found).into_iter().collect()
    }

    fn found(&self, candidate: Candidate) -> Option<Found> {
        match candidate {
            Candidate::Kept(number) => self.state.credentials.numbered(number).map(StoredCredential::found),
            Candidate::Found(found) => Some(*found),
        }
    }

    /// The credential that an id denotes, if it is one of this authenticator's for this RP ID; with
    /// the defect `unbound`, for any RP ID that it has served.
    pub(crate) fn denoted(&self, id: &[u8], rp_id: &str, rp_id_hash: &[u8; 32], unbound: Defect) -> Option<Found> {
        let own = self.state.denoted(&self.vault, id, rp_id, rp_id_hash);
        if own.is_some() || self.config.defects.is_empty() {
            return own;
        }
        if self.has(Defect::CredentialLookup) {
            let (last, start) = id.split_last()?;
            return self.state.denoted(&self.vault, &[start, &[last ^ 1]].concat(), rp_id, rp_id_hash);
        }
        let served = self.session.served.iter().filter(|_| self.has(unbound));
        served
            .map(|rp_id| self.state.denoted(&self.vault, id, rp_id, &sha256(rp_id.as_bytes())))
            .find_map(|found| found)
    }

    /// Remembers an RP ID, if the key is one that confuses them.
    pub(crate) fn remember_rp(&mut self, rp_id: &str) {
        if self.has(Defect::RpBinding) || self.has(Defect::ExcludeOtherRp) {
            self.session.served.push(rp_id.to_owned());
        }
    }

    /// §6.2.2 steps 10, 12.3 and 13
    fn assert(&mut self, assertion: &Assertion, credential: &Found) -> Result<Response, CommandError> {
        let verified = assertion.user_verified == UserVerified::Yes;
        let extensions = self.assertion_outputs(&assertion.wanted, credential, assertion.user_verified)?;
        let mut auth_data = Vec::with_capacity(37 + extensions.len());
        auth_data.extend(if self.has(Defect::GaRpIdHash) { sha256(b"") } else { assertion.rp_id_hash });
        auth_data.push(
            self.backup_flags() ^ if self.has(Defect::BackupEligible) { BE } else { 0 }
                | if assertion.user_present && !self.has(Defect::GaFlags) { UP } else { 0 }
                | if verified && !self.has(Defect::GaTokenUv) { UV } else { 0 }
                | if extensions.is_empty() { 0 } else { ED },
        );
        auth_data.extend(self.count(credential)?.to_be_bytes());
        auth_data.extend(extensions);
        let key = self.prepared.key(credential, self.env.rng.as_ref()).map_err(internal)?;
        let client_data_hash = assertion.client_data_hash.as_slice();
        let client_data_hash = if self.has(Defect::GaSignature) { &[] } else { client_data_hash };
        let message = [auth_data.as_slice(), client_data_hash].concat();
        let named = verified || self.has(Defect::UserName);
        let user = credential.user.as_ref().filter(|_| !self.has(Defect::DiscoverableUser)).map(|user| UserEntity {
            id: user.id.clone(),
            name: user.name.clone().filter(|_| named),
            display_name: user.display_name.clone().filter(|_| named),
        });
        let mut blob_key = credential.large_blob_key.clone().filter(|_| !self.has(Defect::LbkSignedIn));
        if self.has(Defect::LbkNone) {
            blob_key = blob_key.or_else(|| Some(vec![0; 32]));
        }
        if let Some(last) = blob_key.as_mut().and_then(|key| key.last_mut()).filter(|_| self.has(Defect::LbkAnother)) {
            *last ^= 1;
        }
        let key_wanted = assertion.wanted.large_blob_key || self.has(Defect::LbkNotAsked);
        Ok(Response {
            credential: Some(Descriptor::public_key(credential.id.clone())).filter(|_| !self.has(Defect::GaCredential)),
            signature: key.sign(&message).map_err(internal)?,
            auth_data,
            user,
            number_of_credentials: None,
            user_selected: None,
            large_blob_key: blob_key.filter(|_| key_wanted),
            unsigned_extension_outputs: None,
        })
    }
}

impl Remembered {
    /// The same with the client data hash forgotten.
    pub(crate) fn blurred(mut self) -> Self {
        self.assertion.client_data_hash = [0; 32];
        self
    }
}

/// Is there no allow list? An empty one, which no platform sends, counts as none.
fn names_nobody(request: &Request) -> bool {
    request.allow_list.as_ref().is_none_or(Vec::is_empty)
}
