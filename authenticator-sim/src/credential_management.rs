//! authenticatorCredentialManagement (CTAP 2.3 6.8).

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use assay_protocol::cose::alg;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::credential_management::{Request, Response, SubCommand, SubCommandParams};
use assay_protocol::ctap2::{CommandError, Descriptor, Params, RpEntity, Status};
use assay_protocol::digest::sha256;
use ciborium::Value;

use crate::authenticator::{Authenticator, Continuation, internal, refuse};
use crate::credential::{CredProtect, random};
use crate::defect::Defect;
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
        let kept = self.state.credentials.len();
        if kept == 0 && self.has(Defect::CmMetadataNone) {
            return refuse(Status::NO_CREDENTIALS, "no credential is kept");
        }
        let told = if self.has(Defect::CmExisting) { kept.saturating_sub(1) } else { kept };
        let used = if self.has(Defect::CmRemaining) { told } else { 0 };
        let remaining = self.remaining_credentials().saturating_add(u64::try_from(used).unwrap_or_default());
        Ok(Response {
            existing_resident_credentials_count: u64::try_from(told).ok(),
            max_possible_remaining_resident_credentials_count: Some(remaining),
            ..Response::default()
        })
    }

    /// §6.8.3
    fn enumerate_rps_begin(&mut self, request: &Request) -> Result<Response, CommandError> {
        let authority = self.manage(request, true)?;
        self.need_unbound(&authority)?;
        let mut rest: VecDeque<[u8; 32]> = self.state.credentials.rps().copied().collect();
        let total = if self.has(Defect::CmTotalRps) { self.state.credentials.len() } else { rest.len() };
        let total = u64::try_from(total).ok();
        if self.has(Defect::CmLastRp) {
            rest.pop_back();
        }
        let Some(first) = rest.pop_front() else {
            if self.has(Defect::CmRpsNone) {
                return Ok(Response { total_rps: total, ..Response::default() });
            }
            return refuse(Status::NO_CREDENTIALS, "no credential is kept");
        };
        let response = Response { total_rps: total, ..self.describe_rp(&first)? };
        self.go_on(Rest::Rps(rest), authority.ticket());
        Ok(response)
    }

    /// §6.8.4
    fn enumerate_credentials_begin(&mut self, request: &Request) -> Result<Response, CommandError> {
        self.need_managing_param(request)?;
        let supposed = self.has(Defect::CmNeedsRpIdHash).then_some([0; 32]);
        let rp_id_hash = need(params(request).and_then(|params| params.rp_id_hash).or(supposed), "rpIDHash")?;
        let authority = self.manage(request, true)?;
        // CTAP 2.1 takes a token that is bound to this RP; the text of 2.3 wants it unbound.
        let bound = self.bound_to(&authority).filter(|_| !self.has(Defect::CmTokenRp));
        if bound.is_some_and(|bound| sha256(bound.as_bytes()) != rp_id_hash) {
            return refuse(Status::PIN_AUTH_INVALID, "the token is another RP's");
        }
        let kept = &self.state.credentials;
        let mut rest: VecDeque<u64> = match self.has(Defect::CmOtherRps) {
            false => kept.of_rp(&rp_id_hash).collect(),
            true => kept.numbers().collect(),
        };
        if self.has(Defect::CmProtected) {
            let required = |number: &u64| kept.numbered(*number).map(StoredCredential::protection);
            rest.retain(|number| required(number) != Some(CredProtect::Required));
        }
        let total = if self.has(Defect::CmTotalCredentials) { kept.len() } else { rest.len() };
        let total = u64::try_from(total).ok();
        let Some(first) = rest.pop_front() else {
            if self.has(Defect::CmCredentialsNone) {
                return Ok(Response { total_credentials: total, ..Response::default() });
            }
            return refuse(Status::NO_CREDENTIALS, "no credential of this RP is kept");
        };
        let response = Response { total_credentials: total, ..self.describe_credential(first)? };
        self.go_on(Rest::Credentials(rest), authority.ticket());
        Ok(response)
    }

    /// enumerateRPsGetNextRP and enumerateCredentialsGetNextCredential
    fn enumerate_next(&mut self, enumeration: Option<Enumeration>, kind: Kind) -> Result<Response, CommandError> {
        let Some(mut enumeration) = enumeration else {
            let wrong = self.has(Defect::CmWithoutBegin);
            return refuse(if wrong { Status::NO_CREDENTIALS } else { Status::NOT_ALLOWED }, "nothing to continue");
        };
        if self.env.clock.now().saturating_sub(enumeration.at) > NEXT_LIMIT {
            return refuse(Status::NOT_ALLOWED, "too late for the next item");
        }
        if !self.is_honoured(enumeration.ticket) && !self.has(Defect::CmTokenEnded) {
            return refuse(Status::NOT_ALLOWED, "the token has expired");
        }
        let past = if self.has(Defect::CmPastTheEnd) { Status::NO_CREDENTIALS } else { Status::NOT_ALLOWED };
        let kind = if self.has(Defect::CmKinds) { enumeration.kind() } else { kind };
        let mut response = match (&mut enumeration.rest, kind) {
            (Rest::Rps(rest), Kind::Rps) => match rest.pop_front() {
                Some(next) => self.describe_rp(&next)?,
                None => return refuse(past, "no further RP"),
            },
            (Rest::Credentials(rest), Kind::Credentials) => match rest.pop_front() {
                Some(next) => self.describe_credential(next)?,
                None => return refuse(past, "no further credential"),
            },
            _ => return refuse(Status::NOT_ALLOWED, "something else is being listed"),
        };
        if self.has(Defect::CmTotalAgain) {
            match kind {
                Kind::Rps => response.total_rps = Some(1),
                Kind::Credentials => response.total_credentials = Some(1),
            }
        }
        self.go_on(enumeration.rest, enumeration.ticket);
        Ok(response)
    }

    /// §6.8.5
    fn delete_credential(&mut self, request: &Request) -> Result<Response, CommandError> {
        let Some((credential, authority)) = self.managed_credential(request)? else {
            return Ok(Response::default());
        };
        self.need_bound_to(&authority, &credential)?;
        let mut changes = self.changed_store(Defect::EncStateDeletion);
        if self.has(Defect::CmDeleteOthers) {
            let of_rp = self.state.credentials.iter().filter(|kept| kept.rp_id == credential.rp_id);
            changes.extend(of_rp.map(|kept| Change::Remove(kept.id.clone())));
        } else if !self.has(Defect::CmDelete) {
            changes.push(Change::Remove(credential.id));
        }
        self.commit(changes)?;
        Ok(Response::default())
    }

    /// §6.8.6
    fn update_user_information(&mut self, request: &Request) -> Result<Response, CommandError> {
        self.need_managing_param(request)?;
        let user = params(request).and_then(|params| params.user.clone());
        if user.is_none() && self.has(Defect::CmNeedsUser) {
            return Ok(Response::default());
        }
        let user = need(user, "user")?;
        let Some((credential, authority)) = self.managed_credential(request)? else {
            return Ok(Response::default());
        };
        self.need_bound_to(&authority, &credential)?;
        if credential.user_id.0 != user.id && !self.has(Defect::CmUpdateUser) {
            return refuse(Status::INVALID_PARAMETER, "another user");
        }
        if self.has(Defect::CmUpdate) {
            return Ok(Response::default());
        }
        let kept = |old: &Option<String>| old.clone().filter(|_| self.has(Defect::CmUpdateMerge));
        let told = |new: Option<String>, old| new.filter(|name| !name.is_empty()).or(kept(old));
        let renamed = self.has(Defect::CmUpdateKey).then(|| credential.id.clone());
        let mut updated = StoredCredential {
            user_name: told(user.name, &credential.user_name),
            user_display_name: told(user.display_name, &credential.user_display_name),
            ..credential
        };
        let mut changes = self.changed_store(Defect::EncStateUpdate);
        if renamed.is_some() {
            updated.id = random(32, self.env.rng.as_mut());
        }
        changes.push(Change::Put(Box::new(updated)));
        changes.extend(renamed.map(Change::Remove));
        self.commit(changes)?;
        Ok(Response::default())
    }

    /// The credential store state is another one, unless it is forgotten.
    fn changed_store(&mut self, forgotten: Defect) -> Vec<Change> {
        let state = random(16, self.env.rng.as_mut());
        let changed = !self.has(forgotten);
        changed.then_some(Change::CredStoreState(state)).into_iter().collect()
    }

    /// The steps that the authorized subcommands share; the persistent token is tried first where reading is enough.
    fn manage(&mut self, request: &Request, read_only: bool) -> Result<Authority, CommandError> {
        if request.pin_uv_auth_param.is_none() && self.needs_no_managing_param() {
            return Ok(Authority::Persistent);
        }
        let (param, protocol) = self.need_param(request.pin_uv_auth_param.as_deref(), request.pin_uv_auth_protocol)?;
        let message = request.authenticated_message();
        let reads = self.config.management.read_only_tokens && (read_only || self.has(Defect::PcmrWrites));
        if reads && !self.has(Defect::PcmrReads) && self.persistent_verifies(protocol, &message, param) {
            return Ok(Authority::Persistent);
        }
        self.authorize(protocol, &message, param, permission::CM).map(Authority::Token)
    }

    /// A credential to be changed. A request without its id is told so before its token is looked at. None where
    /// a key with a defect passes over a credential that it does not keep.
    fn managed_credential(&mut self, request: &Request) -> Result<Option<(StoredCredential, Authority)>, CommandError> {
        self.need_managing_param(request)?;
        let supposed = self.has(Defect::CmNeedsId).then(|| Descriptor::public_key(Vec::new()));
        let id = need(params(request).and_then(|params| params.credential_id.clone()).or(supposed), "credentialID")?;
        let authority = self.manage(request, false)?;
        match self.state.credentials.find(&id.id) {
            Some(kept) => Ok(Some((kept.clone(), authority))),
            None if self.has(Defect::CmUnknown) => Ok(None),
            None => refuse(Status::NO_CREDENTIALS, "no such credential is kept"),
        }
    }

    /// Step 1 comes before everything else.
    fn need_managing_param(&self, request: &Request) -> Result<(), CommandError> {
        match request.pin_uv_auth_param {
            None if !self.needs_no_managing_param() => refuse(Status::PUAT_REQUIRED, "pinUvAuthParam"),
            _ => Ok(()),
        }
    }

    fn needs_no_managing_param(&self) -> bool {
        self.has(Defect::CmParamMissing) || (self.has(Defect::CmParamNoPin) && !self.is_protected())
    }

    fn bound_to(&mut self, authority: &Authority) -> Option<String> {
        let ticket = authority.ticket()?;
        self.session.token(ticket.protocol)?.rp_id().map(str::to_owned)
    }

    fn need_unbound(&mut self, authority: &Authority) -> Result<(), CommandError> {
        match self.bound_to(authority) {
            Some(_) if !self.has(Defect::CmTokenUnbound) => refuse(Status::PIN_AUTH_INVALID, "the token is one RP's"),
            _ => Ok(()),
        }
    }

    fn need_bound_to(&mut self, authority: &Authority, credential: &StoredCredential) -> Result<(), CommandError> {
        match self.bound_to(authority) {
            Some(_) if self.has(Defect::CmTokenOwnRp) => refuse(Status::PIN_AUTH_INVALID, "the token is one RP's"),
            Some(bound) if bound != credential.rp_id && !self.has(Defect::CmTokenRp) => {
                refuse(Status::PIN_AUTH_INVALID, "the token is another RP's")
            }
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
        let rp = RpEntity { id: newest.rp_id.clone(), name: newest.rp_name.clone() };
        Ok(Response {
            rp: Some(rp).filter(|_| !self.has(Defect::CmRp)),
            rp_id_hash: Some(if self.has(Defect::CmRpIdHash) { sha256(b"") } else { *rp_id_hash }),
            ..Response::default()
        })
    }

    fn describe_credential(&self, number: u64) -> Result<Response, CommandError> {
        let Some(kept) = self.state.credentials.numbered(number) else {
            return refuse(Status::NO_CREDENTIALS, "the credential is kept no longer");
        };
        let key = kept.found().key(self.env.rng.as_ref()).map_err(internal)?;
        let pays = self.config.has_extension("thirdPartyPayment");
        let mut user = kept.user();
        if self.has(Defect::CmUser) {
            (user.name, user.display_name) = (None, None);
        }
        let mut id = kept.id.0.clone();
        id.truncate(if self.has(Defect::CmCredentialId) { id.len().saturating_sub(1) } else { id.len() });
        let protection = if self.has(Defect::CmCredProtect) { CredProtect::Optional } else { kept.protection() };
        let blob_key = kept.large_blob_key.as_ref().filter(|_| !self.has(Defect::CmLargeBlobKey));
        let paid = kept.third_party_payment && !self.has(Defect::CmThirdPartyPayment);
        let mut public_key = key.cose_key().to_value();
        if let Some(members) = public_key.as_map_mut().filter(|_| self.has(Defect::CmAlgorithm)) {
            let algorithm = members.iter_mut().find(|(member, _)| *member == Value::from(3));
            algorithm.into_iter().for_each(|(_, value)| *value = Value::from(alg::ES256));
        }
        Ok(Response {
            user: Some(user),
            credential_id: Some(Descriptor::public_key(id)),
            public_key: Some(public_key).filter(|_| !self.has(Defect::CmPublicKey)),
            cred_protect: Some(protection.number().into()),
            large_blob_key: blob_key.map(|key: &Secret| key.0.clone()),
            third_party_payment: pays.then_some(paid),
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

impl Enumeration {
    fn kind(&self) -> Kind {
        match self.rest {
            Rest::Rps(_) => Kind::Rps,
            Rest::Credentials(_) => Kind::Credentials,
        }
    }

    /// The same with its place lost.
    pub(crate) fn blurred(self) -> Self {
        Self { rest: Rest::Rps(VecDeque::from([[0; 32]])), ..self }
    }
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

fn need<T>(member: Option<T>, name: &str) -> Result<T, CommandError> {
    member.ok_or_else(|| CommandError::new(Status::MISSING_PARAMETER, name))
}
