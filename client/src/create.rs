//! Registration: `navigator.credentials.create()` (WebAuthn L3 5.1.3).

use std::collections::BTreeSet;

use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::client_data::ClientData;
use assay_protocol::cose::alg;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::{
    Options, PUBLIC_KEY, Parameter, Parameters, RpEntity, Status, UserEntity, get_info, make_credential,
};
use assay_protocol::digest::sha256;
use assay_protocol::pin_uv::Token;
use assay_protocol::webauthn::extensions::id::CRED_PROPS;
use assay_protocol::webauthn::{AttestationConveyance, AuthenticatorAttachment, CreationOptions, RegistrationResponse};
use assay_transport::Channel;
use ciborium::Value;
use serde_json::json;

use crate::authenticator::Authenticator;
use crate::client::{Client, Prepared, attachment, require_ctap2};
use crate::credential_list::{batches, find, known, max_message};
use crate::error::{ClientError, Unfit};
use crate::pin;
use crate::requirements::{self, Verification, can_use_pin};
use crate::response::{self, contradiction};

/// The limits of `user.id` (WebAuthn L3 5.4.3).
const USER_ID: std::ops::RangeInclusive<usize> = 1..=64;

/// Names may be cut, but not below this (WebAuthn L3 6.4.1).
const NAME_ROOM: usize = 64;

impl Client {
    /// Makes a credential on the authenticator at the other end of `channel`.
    pub fn create(
        &mut self,
        options: &CreationOptions,
        channel: &mut Channel,
    ) -> Result<RegistrationResponse, ClientError> {
        // 5.1.3 step 5
        if !USER_ID.contains(&options.user.id.len()) {
            return Err(ClientError::UserIdLength(options.user.id.len()));
        }
        // 5.1.3 steps 8 and 13 to 15
        let prepared =
            self.prepare(ClientData::CREATE, &options.challenge, options.rp.id.as_deref(), options.timeout)?;
        // 5.1.3 steps 9 and 10
        let parameters = parameters(options)?;

        let mut authenticator = self.authenticator(channel, prepared.deadline);
        let info = authenticator.get_info()?;
        require_ctap2(&info)?;
        // 5.1.3 step 22.2
        let selection = options.authenticator_selection.as_ref();
        let wanted = selection.and_then(|selection| selection.authenticator_attachment.as_deref());
        let wanted = wanted.and_then(|wanted| wanted.parse::<AuthenticatorAttachment>().ok());
        if wanted.is_some_and(|wanted| wanted != attachment(&info)) {
            return Err(Unfit::Attachment.into());
        }
        // 5.1.3 steps 22.3 and 22.4
        let rk = requirements::resident_key(&info, options.resident_key())?;
        let demanded = requirements::make_credential_demands_uv(&info, rk);
        let verification = requirements::verification(&info, options.user_verification(), demanded)?;

        let mut request = request(options, &prepared, &info, parameters);
        request.options = Options { rk: rk.then_some(true), ..Options::default() };
        let made = make(&mut authenticator, &info, options, request, verification)?;
        let attested = response::read(&made.auth_data, &prepared.rp_id, options.user_verification())?;
        finish(options, prepared, &info, made, &attested, rk)
    }
}

/// `pubKeyCredParams` as the authenticator gets it.
fn parameters(options: &CreationOptions) -> Result<Parameters, ClientError> {
    if options.pub_key_cred_params.is_empty() {
        return Ok([alg::ES256, alg::RS256].map(Parameter::public_key).into_iter().collect());
    }
    let known = options.pub_key_cred_params.iter().filter(|parameter| parameter.kind == PUBLIC_KEY);
    let known: Parameters = known.map(|parameter| Parameter::public_key(parameter.alg)).collect();
    match known.entries.is_empty() {
        true => Err(ClientError::NoKnownParameters),
        false => Ok(known),
    }
}

/// The request, as yet without lists, options and token.
fn request(
    options: &CreationOptions,
    prepared: &Prepared,
    info: &get_info::Response,
    parameters: Parameters,
) -> make_credential::Request {
    // 5.1.3 steps 22.6 and 22.7
    let formats = match options.attestation_conveyance() {
        AttestationConveyance::None => vec!["none".to_owned()],
        _ => options.attestation_formats.clone(),
    };
    make_credential::Request {
        client_data_hash: sha256(&prepared.client_data_json),
        rp: RpEntity { id: prepared.rp_id.clone(), name: Some(options.rp.name.clone()) },
        user: UserEntity {
            id: options.user.id.clone(),
            name: Some(options.user.name.clone()),
            display_name: Some(options.user.display_name.clone()),
        },
        pub_key_cred_params: parameters,
        exclude_list: None,
        extensions: None,
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
        enterprise_attestation: None,
        attestation_formats_preference: Some(formats)
            .filter(|formats| !formats.is_empty() && info.attestation_formats.is_some()),
    }
}

/// authenticatorMakeCredential, with the token and the exclude list that it takes. Where the
/// authenticator wants a token that getInfo did not announce, it gets one.
fn make(
    authenticator: &mut Authenticator<'_>,
    info: &get_info::Response,
    options: &CreationOptions,
    mut request: make_credential::Request,
    verification: Verification,
) -> Result<make_credential::Response, ClientError> {
    let rp_id = request.rp.id.clone();
    let mut verification = verification;
    loop {
        // The lookup of the exclude list shows credentials of every protection level to a verified user only.
        let permissions = permission::MC | permission::GA;
        let token = match verification {
            Verification::Pin => Some(pin::token(authenticator, info, permissions, Some(&rp_id))?),
            Verification::BuiltIn | Verification::Skip => None,
        };
        request.options.uv = (verification == Verification::BuiltIn).then_some(true);
        authorize(&mut request, token.as_ref());
        fit(&mut request, info)?;
        exclude(authenticator, info, options, &mut request, token.as_ref())?;
        match authenticator.make_credential(request.clone()) {
            Err(error)
                if error.status() == Some(Status::PUAT_REQUIRED)
                    && verification != Verification::Pin
                    && can_use_pin(info) =>
            {
                verification = Verification::Pin;
            }
            other => return other,
        }
    }
}

fn authorize(request: &mut make_credential::Request, token: Option<&Token>) {
    request.pin_uv_auth_param = token.map(|token| token.authenticate(&request.client_data_hash));
    request.pin_uv_auth_protocol = token.map(|token| token.protocol().number());
}

/// Cuts names where the message would be too long.
fn fit(request: &mut make_credential::Request, info: &get_info::Response) -> Result<(), Unfit> {
    let fits = |request: &make_credential::Request| request.to_cbor().len() < max_message(info);
    request.exclude_list = None;
    if fits(request) {
        return Ok(());
    }
    for name in [&mut request.rp.name, &mut request.user.name, &mut request.user.display_name].into_iter().flatten() {
        name.truncate(name.floor_char_boundary(NAME_ROOM));
    }
    match fits(request) {
        true => Ok(()),
        false => Err(Unfit::RequestTooLarge),
    }
}

/// The exclude list: all of it if it fits, or else the one entry that the authenticator has.
fn exclude(
    authenticator: &mut Authenticator<'_>,
    info: &get_info::Response,
    options: &CreationOptions,
    request: &mut make_credential::Request,
    token: Option<&Token>,
) -> Result<(), ClientError> {
    let list = known(&options.exclude_credentials);
    let mut cut = batches(&list, info, request.to_cbor().len());
    request.exclude_list = match cut.len() {
        0 | 1 => cut.pop(),
        _ => find(authenticator, info, &request.rp.id, &list, token)?.map(|found| vec![found]),
    };
    Ok(())
}

/// The credential as the page gets it (WebAuthn L3 5.1.3 step 22, success).
fn finish(
    options: &CreationOptions,
    prepared: Prepared,
    info: &get_info::Response,
    made: make_credential::Response,
    data: &AuthenticatorData,
    rk: bool,
) -> Result<RegistrationResponse, ClientError> {
    let attested = data.attested.as_ref().ok_or_else(|| contradiction("authData has no credential"))?;
    let statement = made.att_stmt.unwrap_or_else(|| Value::Map(Vec::new()));
    let is_self = made.fmt == "packed" && !has_member(&statement, "x5c") && attested.aaguid.is_zero();
    let keep = is_self || options.attestation_conveyance() != AttestationConveyance::None;
    let (fmt, statement) = match keep {
        true => (made.fmt.as_str(), statement),
        false => ("none", Value::Map(Vec::new())),
    };
    let object = AttestationObject::to_bytes(fmt, &statement, &made.auth_data);

    let mut response = RegistrationResponse::new(attested.credential_id.clone(), prepared.client_data_json, object);
    // An authenticator that does not tell is at least where it was just reached: CTAPHID is USB's.
    let transports = info.transports.clone().unwrap_or_else(|| vec!["usb".to_owned()]);
    response.transports = transports.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    response.authenticator_attachment = Some(attachment(info).as_str().to_owned());
    if options.extensions.get(CRED_PROPS) == Some(&json!(true)) {
        response.client_extension_results.insert(CRED_PROPS.to_owned(), json!({ "rk": rk }));
    }
    Ok(response)
}

fn has_member(statement: &Value, name: &str) -> bool {
    statement.as_map().is_some_and(|members| members.iter().any(|(key, _)| key.as_text() == Some(name)))
}

#[cfg(test)]
mod tests;
