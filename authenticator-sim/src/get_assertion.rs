//! authenticatorGetAssertion and authenticatorGetNextAssertion (CTAP 2.3 6.2 and 6.3).

#[cfg(test)]
mod tests;

use std::time::Duration;

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::get_assertion::{Request, Response};
use assay_protocol::ctap2::{CommandError, Descriptor, PUBLIC_KEY, Status, UserEntity};
use assay_protocol::digest::sha256;

use crate::authenticator::{Authenticator, internal, refuse};
use crate::credential::{CredProtect, Found, UserVerified};
use crate::env::{Prompt, Purpose};
use crate::extensions::HmacSecret;
use crate::operation::Operation;
use crate::token::Ticket;
use crate::user_verification::Param;

const UP: u8 = 0x01;
const UV: u8 = 0x04;
const ED: u8 = 0x80;

/// How long the next assertion may be asked for.
const NEXT_LIMIT: Duration = Duration::from_secs(30);

/// An assertion of several accounts, for authenticatorGetNextAssertion.
pub(crate) struct Remembered {
    assertion: Assertion,
    /// What has not been asked for yet, the next one first.
    rest: Vec<Found>,
    at: Duration,
    ticket: Option<Ticket>,
}

/// What the assertions of one request have in common.
struct Assertion {
    rp_id_hash: [u8; 32],
    client_data_hash: [u8; 32],
    user_present: bool,
    user_verified: UserVerified,
    hmac_secret: Option<HmacSecret>,
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
        let param = self.param(param, request.pin_uv_auth_protocol, &prompt, operation)?;

        // step 4
        Self::check_uv_option(request.options, param.as_ref())?;
        if request.options.rk.is_some() {
            return refuse(Status::UNSUPPORTED_OPTION, "rk");
        }
        let touch_wanted = request.options.up.unwrap_or(true);

        // step 5
        if self.config.always_uv && touch_wanted && (param.is_none() || !self.is_protected()) {
            return self.uv_wanted();
        }

        // step 6
        let param = param.filter(|_| self.is_protected());
        if let Some(param) = &param {
            self.verify_param(param, &request.client_data_hash, permission::GA, &request.rp_id)?;
        }
        let user_verified = if param.is_some() { UserVerified::Yes } else { UserVerified::No };
        let ticket = param.as_ref().map(Param::protocol).and_then(|protocol| self.session.token(protocol));
        let ticket = ticket.map(|token| token.ticket());

        // step 7
        let rp_id_hash = sha256(request.rp_id.as_bytes());
        let mut located = self.locate(request, &rp_id_hash, user_verified).into_iter();
        let Some(first) = located.next() else {
            return refuse(Status::NO_CREDENTIALS, "nothing for this request");
        };

        // step 9
        if touch_wanted {
            if !self.token_has_presence(param.as_ref()) {
                self.require_touch(&prompt, operation)?;
            }
            self.spend_tokens();
        }

        // step 10
        let hmac_secret = HmacSecret::read(self, request.extensions.as_ref(), request.options.up)?;

        // steps 11 to 13
        let assertion = Assertion {
            rp_id_hash,
            client_data_hash: request.client_data_hash,
            user_present: touch_wanted,
            user_verified,
            hmac_secret,
        };
        let mut response = self.assert(&assertion, &first)?;
        let rest: Vec<Found> = located.collect();
        if names_nobody(request) && !rest.is_empty() {
            response.number_of_credentials = u64::try_from(rest.len() + 1).ok();
            self.session.remembered = Some(Remembered { assertion, rest, at: self.env.clock.now(), ticket });
        }
        Ok(response.to_cbor())
    }

    pub(crate) fn get_next_assertion(&mut self, remembered: Option<Remembered>) -> Result<Vec<u8>, CommandError> {
        // §6.3 steps 1 and 2
        let Some(mut remembered) = remembered.filter(|remembered| !remembered.rest.is_empty()) else {
            return refuse(Status::NOT_ALLOWED, "no further assertion");
        };
        // step 3
        let now = self.env.clock.now();
        if now.saturating_sub(remembered.at) > NEXT_LIMIT {
            return refuse(Status::NOT_ALLOWED, "too late for the next assertion");
        }
        // §6
        if let Some(ticket) = remembered.ticket
            && !self.session.token(ticket.protocol).is_some_and(|token| token.honours(ticket))
        {
            return refuse(Status::NOT_ALLOWED, "the token has expired");
        }
        // steps 4 and 5
        let next = remembered.rest.remove(0);
        let response = self.assert(&remembered.assertion, &next)?;
        remembered.at = now;
        self.session.remembered = Some(remembered);
        Ok(response.to_cbor())
    }

    /// §6.2.2 step 7; of several that were named, the first.
    fn locate(&self, request: &Request, rp_id_hash: &[u8; 32], user_verified: UserVerified) -> Vec<Found> {
        let verified = user_verified == UserVerified::Yes;
        if names_nobody(request) {
            let mut kept = self.state.discoverable(&request.rp_id);
            kept.retain(|found| verified || found.cred_protect == CredProtect::Optional);
            return kept;
        }
        let listed = request.allow_list.iter().flatten().filter(|entry| entry.kind == PUBLIC_KEY);
        let found = listed
            .filter_map(|entry| self.state.denoted(&self.vault, &entry.id, &request.rp_id, rp_id_hash))
            .find(|found| verified || found.cred_protect != CredProtect::Required);
        found.into_iter().collect()
    }

    /// §6.2.2 steps 10, 12.3 and 13
    fn assert(&mut self, assertion: &Assertion, credential: &Found) -> Result<Response, CommandError> {
        let verified = assertion.user_verified == UserVerified::Yes;
        let extensions = self.assertion_outputs(assertion.hmac_secret.as_ref(), credential, assertion.user_verified)?;
        let mut auth_data = Vec::with_capacity(37 + extensions.len());
        auth_data.extend(assertion.rp_id_hash);
        auth_data.push(
            self.config.backup.flags()
                | if assertion.user_present { UP } else { 0 }
                | if verified { UV } else { 0 }
                | if extensions.is_empty() { 0 } else { ED },
        );
        auth_data.extend(self.count(credential)?.to_be_bytes());
        auth_data.extend(extensions);
        let key = credential.key(self.env.rng.as_ref()).map_err(internal)?;
        let message = [auth_data.as_slice(), &assertion.client_data_hash].concat();
        let user = credential.user.as_ref().map(|user| UserEntity {
            id: user.id.clone(),
            name: user.name.clone().filter(|_| verified),
            display_name: user.display_name.clone().filter(|_| verified),
        });
        Ok(Response {
            credential: Some(Descriptor::public_key(credential.id.clone())),
            signature: key.sign(&message).map_err(internal)?,
            auth_data,
            user,
            number_of_credentials: None,
            user_selected: None,
            large_blob_key: None,
            unsigned_extension_outputs: None,
        })
    }
}

/// Is there no allow list? An empty one, which no platform sends, counts as none.
fn names_nobody(request: &Request) -> bool {
    request.allow_list.as_ref().is_none_or(Vec::is_empty)
}
