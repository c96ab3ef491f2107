//! authenticatorCredentialManagement (CTAP 2.3 6.8).

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::credential_management::{Request, Response, SubCommand, SubCommandParams};
use assay_protocol::ctap2::{CommandError, Descriptor, Params, RpEntity, Status};
use assay_protocol::digest::sha256;

use crate::authenticator::{Authenticator, Continuation, internal, refuse};
use crate::credential::random;
use crate::state::{Change, Secret, StoredCredential};
use crate::token::Ticket;

/// How long the next item may be asked for.
const NEXT_LIMIT: Duration = Duration::from_secs(30);

/// RPs or credentials that are being listed.
pub(crate) struct Enumeration {
    rest: Rest,
    at: Duration,
    /// The token that began it; the persistent one does not expire.
    ticket: Option<Ticket>,
}

enum Rest {
    Rps(VecDeque<[u8; 32]>),
    /// The numbers of credentials.
    Credentials(VecDeque<u64>),
}

/// By which token a request is authorized.
enum Authority {
    Token(Ticket),
    Persistent,
}

impl Authenticator {
    pub(crate) fn credential_management(
        &mut self,
        request: &Request,
        continuation: Option<Continuation>,
    ) -> Result<Response, CommandError> {
        let enumeration = match continuation {
            Some(Continuation::Enumeration(enumeration)) => Some(enumeration),
            _ => None,
        };
        match request.sub_command {
            SubCommand::GetCredsMetadata => self.get_creds_metadata(request),
            SubCommand::EnumerateRpsBegin => self.enumerate_rps_begin(request),
            SubCommand::EnumerateRpsGetNextRp => self.enumerate_next(enumeration, Kind::Rps),
            SubCommand::EnumerateCredentialsBegin => self.enumerate_credentials_begin(request),
            SubCommand::EnumerateCredentialsGetNextCredential => self.enumerate_next(enumeration, Kind::Credentials),
            SubCommand::DeleteCredential => self.delete_credential(request),
            SubCommand::UpdateUserInformation => self.update_user_information(request),
        }
    }

    /// §6.8.2
    fn get_creds_metadata(&mut self, request: &Request) -> Result<Response, CommandError> {
        let authority = self.manage(request, true)?;
        self.need_unbound(&authority)?;
        Ok(Response {
            existing_resident_credentials_count: u64::try_from(self.state.credentials.len()).ok(),
            max_possible_remaining_resident_credentials_count: Some(self.remaining_credentials()),
            ..Response::default()
        })
    }

    /// §6.8.3
    fn enumerate_rps_begin(&mut self, request: &Request) -> Result<Response, CommandError> {
        let authority = self.manage(request, true)?;
        self.need_unbound(&authority)?;
        let mut rest: VecDeque<[u8; 32]> = self.state.credentials.rps().copied().collect();
        let total = u64::try_from(rest.len()).ok();
        let Some(first) = rest.pop_front() else {
            return refuse(Status::NO_CREDENTIALS, "no credential is kept");
        };
        let response = Response { total_rps: total, ..self.describe_rp(&first)? };
        self.go_on(Rest::Rps(rest), authority.ticket());
        Ok(response)
    }

    /// §6.8.4
    fn enumerate_credentials_begin(&mut self, request: &Request) -> Result<Response, CommandError> {
        need_param(request)?;
        let rp_id_hash = need(params(request).and_then(|params| params.rp_id_hash), "rpIDHash")?;
        let authority = self.manage(request, true)?;
        // CTAP 2.1 takes a token that is bound to this RP; the text of 2.3 wants it unbound.
        if self.bound_to(&authority).is_some_and(|bound| sha256(bound.as_bytes()) != rp_id_hash) {
            return refuse(Status::PIN_AUTH_INVALID, "the token is another RP's");
        }
        let mut rest: VecDeque<u64> = self.state.credentials.of_rp(&rp_id_hash).collect();
        let total = u64::try_from(rest.len()).ok();
        let Some(first) = rest.pop_front() else {
            return refuse(Status::NO_CREDENTIALS, "no credential of this RP is kept");
        };
        let response = Response { total_credentials: total, ..self.describe_credential(first)? };
        self.go_on(Rest::Credentials(rest), authority.ticket());
        Ok(response)
    }

    /// enumerateRPsGetNextRP and enumerateCredentialsGetNextCredential
    fn enumerate_next(&mut self, enumeration: Option<Enumeration>, kind: Kind) -> Result<Response, CommandError> {
        let Some(mut enumeration) = enumeration else {
            return refuse(Status::NOT_ALLOWED, "nothing to continue");
        };
        if self.env.clock.now().saturating_sub(enumeration.at) > NEXT_LIMIT {
            return refuse(Status::NOT_ALLOWED, "too late for the next item");
        }
        if !self.is_honoured(enumeration.ticket) {
            return refuse(Status::NOT_ALLOWED, "the token has expired");
        }
        let response = match (&mut enumeration.rest, kind) {
            (Rest::Rps(rest), Kind::Rps) => match rest.pop_front() {
                Some(next) => self.describe_rp(&next)?,
                None => return refuse(Status::NOT_ALLOWED, "no further RP"),
            },
            (Rest::Credentials(rest), Kind::Credentials) => match rest.pop_front() {
                Some(next) => self.describe_credential(next)?,
                None => return refuse(Status::NOT_ALLOWED, "no further credential"),
            },
            _ => return refuse(Status::NOT_ALLOWED, "something else is being listed"),
        };
        self.go_on(enumeration.rest, enumeration.ticket);
        Ok(response)
    }

    /// §6.8.5
    fn delete_credential(&mut self, request: &Request) -> Result<Response, CommandError> {
        let (credential, authority) = self.managed_credential(request)?;
        self.need_bound_to(&authority, &credential)?;
        let state = random(16, self.env.rng.as_mut());
        self.commit(vec![Change::Remove(credential.id), Change::CredStoreState(state)])?;
        Ok(Response::default())
    }

    /// §6.8.6
    fn update_user_information(&mut self, request: &Request) -> Result<Response, CommandError> {
        need_param(request)?;
        let user = need(params(request).and_then(|params| params.user.clone()), "user")?;
        let (credential, authority) = self.managed_credential(request)?;
        self.need_bound_to(&authority, &credential)?;
        if credential.user_id.0 != user.id {
            return refuse(Status::INVALID_PARAMETER, "another user");
        }
        let told = |name: Option<String>| name.filter(|name| !name.is_empty());
        let updated =
            StoredCredential { user_name: told(user.name), user_display_name: told(user.display_name), ..credential };
        let state = random(16, self.env.rng.as_mut());
        self.commit(vec![Change::Put(Box::new(updated)), Change::CredStoreState(state)])?;
        Ok(Response::default())
    }

    /// The steps that the authorized subcommands share; the persistent token is tried first where reading is enough.
    fn manage(&mut self, request: &Request, read_only: bool) -> Result<Authority, CommandError> {
        let (param, protocol) = self.need_param(request.pin_uv_auth_param.as_deref(), request.pin_uv_auth_protocol)?;
        let message = request.authenticated_message();
        if read_only && self.config.management.read_only_tokens && self.persistent_verifies(protocol, &message, param) {
            return Ok(Authority::Persistent);
        }
        self.authorize(protocol, &message, param, permission::CM).map(Authority::Token)
    }

    /// A credential to be changed. A request without its id is told so before its token is looked at.
    fn managed_credential(&mut self, request: &Request) -> Result<(StoredCredential, Authority), CommandError> {
        need_param(request)?;
        let id = need(params(request).and_then(|params| params.credential_id.clone()), "credentialID")?;
        let authority = self.manage(request, false)?;
        match self.state.credentials.find(&id.id) {
            Some(kept) => Ok((kept.clone(), authority)),
            None => refuse(Status::NO_CREDENTIALS, "no such credential is kept"),
        }
    }

    fn bound_to(&mut self, authority: &Authority) -> Option<String> {
        let ticket = authority.ticket()?;
        self.session.token(ticket.protocol)?.rp_id().map(str::to_owned)
    }

    fn need_unbound(&mut self, authority: &Authority) -> Result<(), CommandError> {
        match self.bound_to(authority) {
            None => Ok(()),
            Some(_) => refuse(Status::PIN_AUTH_INVALID, "the token is one RP's"),
        }
    }

    fn need_bound_to(&mut self, authority: &Authority, credential: &StoredCredential) -> Result<(), CommandError> {
        match self.bound_to(authority) {
            Some(bound) if bound != credential.rp_id => refuse(Status::PIN_AUTH_INVALID, "the token is another RP's"),
            _ => Ok(()),
        }
    }

    fn go_on(&mut self, rest: Rest, ticket: Option<Ticket>) {
        let at = self.env.clock.now();
        self.session.continuation = Some(Continuation::Enumeration(Enumeration { rest, at, ticket }));
    }

    fn describe_rp(&self, rp_id_hash: &[u8; 32]) -> Result<Response, CommandError> {
        let credentials = &self.state.credentials;
        let newest = credentials.of_rp(rp_id_hash).next_back().and_then(|number| credentials.numbered(number));
        let Some(newest) = newest else {
            return refuse(Status::NO_CREDENTIALS, "no credential of this RP is kept");
        };
        Ok(Response {
            rp: Some(RpEntity { id: newest.rp_id.clone(), name: newest.rp_name.clone() }),
            rp_id_hash: Some(*rp_id_hash),
            ..Response::default()
        })
    }

    fn describe_credential(&self, number: u64) -> Result<Response, CommandError> {
        let Some(kept) = self.state.credentials.numbered(number) else {
            return refuse(Status::NO_CREDENTIALS, "the credential is kept no longer");
        };
        let key = kept.found().key(self.env.rng.as_ref()).map_err(internal)?;
        let pays = self.config.has_extension("thirdPartyPayment");
        Ok(Response {
            user: Some(kept.user()),
            credential_id: Some(Descriptor::public_key(kept.id.0.clone())),
            public_key: Some(key.cose_key().to_value()),
            cred_protect: Some(kept.protection().number().into()),
            large_blob_key: kept.large_blob_key.as_ref().map(|key: &Secret| key.0.clone()),
            third_party_payment: pays.then_some(kept.third_party_payment),
            ..Response::default()
        })
    }
}

/// What is asked to be listed on.
#[derive(Clone, Copy)]
enum Kind {
    Rps,
    Credentials,
}

impl Authority {
    fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Token(ticket) => Some(*ticket),
            Self::Persistent => None,
        }
    }
}

fn params(request: &Request) -> Option<&SubCommandParams> {
    request.params.as_ref().map(Params::value)
}

/// Step 1 comes before everything else.
fn need_param(request: &Request) -> Result<(), CommandError> {
    match request.pin_uv_auth_param {
        Some(_) => Ok(()),
        None => refuse(Status::PUAT_REQUIRED, "pinUvAuthParam"),
    }
}

fn need<T>(member: Option<T>, name: &str) -> Result<T, CommandError> {
    member.ok_or_else(|| CommandError::new(Status::MISSING_PARAMETER, name))
}
