//! Authentication: `navigator.credentials.get()` (WebAuthn L3 5.1.4.1, 5.1.4.2).

use assay_protocol::client_data::ClientData;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::{Descriptor, Options, Status, get_assertion, get_info};
use assay_protocol::digest::sha256;
use assay_protocol::pin_uv::Token;
use assay_protocol::webauthn::{AuthenticationResponse, RequestOptions};
use assay_transport::Channel;

use crate::authenticator::Authenticator;
use crate::client::{Client, attachment, require_ctap2};
use crate::credential_list::{batches, find, known};
use crate::error::ClientError;
use crate::pin;
use crate::requirements::{self, Verification, can_use_pin};
use crate::response::{self, contradiction};
use crate::user::Account;

/// More accounts than anybody has, so that a count that lies costs little.
const MAX_ACCOUNTS: u64 = 256;

impl Client {
    /// Gets an assertion from the authenticator at the other end of `channel`.
    pub fn get(
        &mut self,
        options: &RequestOptions,
        channel: &mut Channel,
    ) -> Result<AuthenticationResponse, ClientError> {
        // 5.1.4.1 steps 7 and 10 to 12
        let prepared = self.prepare(ClientData::GET, &options.challenge, options.rp_id.as_deref(), options.timeout)?;
        // 5.8.3: unknown types are ignored, but a list does not become empty by that
        let list = known(&options.allow_credentials);
        if list.is_empty() && !options.allow_credentials.is_empty() {
            return Err(ClientError::NoKnownDescriptors);
        }

        let mut authenticator = self.authenticator(channel, prepared.deadline);
        let info = authenticator.get_info()?;
        require_ctap2(&info)?;
        // 5.1.4.2 steps 1 and 2
        let demanded = requirements::get_assertion_demands_uv(&info);
        let verification = requirements::verification(&info, options.user_verification(), demanded)?;

        let request = get_assertion::Request {
            rp_id: prepared.rp_id.clone(),
            client_data_hash: sha256(&prepared.client_data_json),
            allow_list: None,
            extensions: None,
            options: Options::default(),
            pin_uv_auth_param: None,
            pin_uv_auth_protocol: None,
        };
        let (asked, first) = assert(&mut authenticator, &info, &list, request, verification)?;
        let chosen = choose(&mut authenticator, &asked, first)?;
        response::read(&chosen.auth_data, &prepared.rp_id, options.user_verification())?;

        let id = credential_id(&asked, &chosen)?;
        let json = prepared.client_data_json;
        let mut response = AuthenticationResponse::new(id, json, chosen.auth_data, chosen.signature);
        response.user_handle = chosen.user.map(|user| user.id);
        response.authenticator_attachment = Some(attachment(&info).as_str().to_owned());
        Ok(response)
    }
}

/// authenticatorGetAssertion with the token and the allow list that it takes, and that list. Where
/// the authenticator wants a token that getInfo did not announce, it gets one.
fn assert(
    authenticator: &mut Authenticator<'_>,
    info: &get_info::Response,
    list: &[Descriptor],
    mut request: get_assertion::Request,
    verification: Verification,
) -> Result<(Vec<Descriptor>, get_assertion::Response), ClientError> {
    let mut verification = verification;
    loop {
        let token = match verification {
            Verification::Pin => Some(pin::token(authenticator, info, permission::GA, Some(&request.rp_id))?),
            Verification::BuiltIn | Verification::Skip => None,
        };
        request.options.uv = (verification == Verification::BuiltIn).then_some(true);
        request.pin_uv_auth_param = token.as_ref().map(|token| token.authenticate(&request.client_data_hash));
        request.pin_uv_auth_protocol = token.as_ref().map(|token| token.protocol().number());
        request.allow_list = None;
        request.allow_list = allow(authenticator, info, list, &request, token.as_ref())?;
        match authenticator.get_assertion(request.clone()) {
            Err(error)
                if error.status() == Some(Status::PUAT_REQUIRED)
                    && verification != Verification::Pin
                    && can_use_pin(info) =>
            {
                verification = Verification::Pin;
            }
            Ok(response) => return Ok((request.allow_list.unwrap_or_default(), response)),
            Err(error) => return Err(error),
        }
    }
}

/// The allow list: all of it if it fits, or else the one entry that the authenticator has.
fn allow(
    authenticator: &mut Authenticator<'_>,
    info: &get_info::Response,
    list: &[Descriptor],
    request: &get_assertion::Request,
    token: Option<&Token>,
) -> Result<Option<Vec<Descriptor>>, ClientError> {
    if list.is_empty() {
        return Ok(None);
    }
    let mut cut = batches(list, info, request.to_cbor().len());
    let usable = match cut.len() {
        0 | 1 => cut.pop(),
        _ => find(authenticator, info, &request.rp_id, list, token)?.map(|found| vec![found]),
    };
    usable.map(Some).ok_or(ClientError::NoCredentials)
}

/// All assertions that there are, and the one that the person takes.
fn choose(
    authenticator: &mut Authenticator<'_>,
    asked: &[Descriptor],
    first: get_assertion::Response,
) -> Result<get_assertion::Response, ClientError> {
    let more = first.number_of_credentials.unwrap_or(1).min(MAX_ACCOUNTS).saturating_sub(1);
    // With an allow list, or a display of its own, the authenticator has chosen already.
    if more == 0 || !asked.is_empty() || first.user_selected == Some(true) {
        return Ok(first);
    }
    let mut assertions = vec![first];
    for _ in 0..more {
        assertions.push(authenticator.get_next_assertion()?);
    }
    let account = |response: &get_assertion::Response| {
        let credential_id = credential_id(asked, response)?;
        Ok(Account { credential_id, user: response.user.clone() })
    };
    let accounts: Vec<Account> = assertions.iter().map(account).collect::<Result<_, ClientError>>()?;
    let chosen = authenticator.user.choose(&accounts).ok_or(ClientError::AccountDeclined)?;
    assertions.into_iter().nth(chosen).ok_or(ClientError::AccountDeclined)
}

/// The id that the assertion names, or the only one that it can be for.
fn credential_id(asked: &[Descriptor], response: &get_assertion::Response) -> Result<Vec<u8>, ClientError> {
    let id = match (&response.credential, asked) {
        (Some(named), _) => &named.id,
        (None, [only]) => &only.id,
        (None, _) => return Err(contradiction("the assertion names no credential")),
    };
    if !asked.is_empty() && !asked.iter().any(|descriptor| descriptor.id == *id) {
        return Err(contradiction("the assertion is by a credential that was not asked for"));
    }
    Ok(id.clone())
}

#[cfg(test)]
mod tests;
