//! Discoverable credentials: listed, deleted, renamed (CTAP 2.3 6.8).

use assay_protocol::ctap2::credential_management::{Request, Response, SubCommand, SubCommandParams};
use assay_protocol::ctap2::{Descriptor, Status, UserEntity, get_info};
use assay_protocol::pin_uv::Token;

use crate::authenticator::Authenticator;
use crate::error::{ClientError, Unfit};

/// A credential that the authenticator keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whose it is.
    pub rp_id: String,
    /// The SHA-256 of that.
    pub rp_id_hash: [u8; 32],
    /// Its id.
    pub credential_id: Vec<u8>,
    /// The account.
    pub user: UserEntity,
    /// Its protection, 1 to 3, where it tells.
    pub cred_protect: Option<u64>,
    /// The key of its large blob, where it has one.
    pub large_blob_key: Option<Vec<u8>>,
    /// May it be used for payments, where it tells?
    pub third_party_payment: Option<bool>,
}

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Credentials that there are.
    pub existing: u64,
    /// As many as there may be room for.
    pub remaining: u64,
}

/// Can it list at all?
pub fn supported(info: &get_info::Response) -> Result<(), Unfit> {
    let is = |id| info.option(id) == Some(true);
    match is("credMgmt") || is("credentialMgmtPreview") {
        true => Ok(()),
        false => Err(Unfit::CredentialManagement),
    }
}

/// §6.8.2: how many there are. The token has the permission `cm`, as in all of these.
pub fn room(key: &mut Authenticator<'_>, info: &get_info::Response, token: &Token) -> Result<Room, ClientError> {
    let response = send(key, info, token, Request::new(SubCommand::GetCredsMetadata))?;
    Ok(Room {
        existing: need(response.existing_resident_credentials_count, "existingResidentCredentialsCount")?,
        remaining: need(
            response.max_possible_remaining_resident_credentials_count,
            "maxPossibleRemainingResidentCredentialsCount",
        )?,
    })
}

/// §6.8.3 and 6.8.4: every credential, RP by RP.
pub fn list(key: &mut Authenticator<'_>, info: &get_info::Response, token: &Token) -> Result<Vec<Kept>, ClientError> {
    let first = match send(key, info, token, Request::new(SubCommand::EnumerateRpsBegin)) {
        Err(error) if error.status() == Some(Status::NO_CREDENTIALS) => return Ok(Vec::new()),
        other => other?,
    };
    // Some answer so where there is none.
    let total = first.total_rps.unwrap_or_default();
    let mut rps = Vec::new();
    let mut response = first;
    for at in 1..=total {
        let id = need(response.rp.take().map(|rp| rp.id), "rp")?;
        rps.push((id, need(response.rp_id_hash, "rpIDHash")?));
        if at < total {
            response = key.credential_management(info, Request::new(SubCommand::EnumerateRpsGetNextRp))?;
        }
    }
    let mut credentials = Vec::new();
    for (rp_id, rp_id_hash) in rps {
        let params = SubCommandParams { rp_id_hash: Some(rp_id_hash), ..SubCommandParams::default() };
        let begin = Request::new(SubCommand::EnumerateCredentialsBegin).with(params);
        let mut response = send(key, info, token, begin)?;
        let total = response.total_credentials.unwrap_or(1);
        for at in 1..=total {
            credentials.push(kept(&rp_id, rp_id_hash, response)?);
            if at == total {
                break;
            }
            let next = Request::new(SubCommand::EnumerateCredentialsGetNextCredential);
            response = key.credential_management(info, next)?;
        }
    }
    Ok(credentials)
}

/// §6.8.5: forgets a credential.
pub fn delete(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    token: &Token,
    credential_id: &[u8],
) -> Result<(), ClientError> {
    let params = SubCommandParams { credential_id: Some(descriptor(credential_id)), ..SubCommandParams::default() };
    send(key, info, token, Request::new(SubCommand::DeleteCredential).with(params)).map(drop)
}

/// §6.8.6: other names for the same account.
pub fn rename(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    token: &Token,
    credential_id: &[u8],
    user: UserEntity,
) -> Result<(), ClientError> {
    let params = SubCommandParams {
        credential_id: Some(descriptor(credential_id)),
        user: Some(user),
        ..SubCommandParams::default()
    };
    send(key, info, token, Request::new(SubCommand::UpdateUserInformation).with(params)).map(drop)
}

fn send(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    token: &Token,
    request: Request,
) -> Result<Response, ClientError> {
    let param = token.authenticate(&request.authenticated_message());
    let protocol = token.protocol().number();
    key.credential_management(
        info,
        Request { pin_uv_auth_protocol: Some(protocol), pin_uv_auth_param: Some(param), ..request },
    )
}

fn kept(rp_id: &str, rp_id_hash: [u8; 32], response: Response) -> Result<Kept, ClientError> {
    Ok(Kept {
        rp_id: rp_id.to_owned(),
        rp_id_hash,
        credential_id: need(response.credential_id, "credentialID")?.id,
        user: need(response.user, "user")?,
        cred_protect: response.cred_protect,
        large_blob_key: response.large_blob_key,
        third_party_payment: response.third_party_payment,
    })
}

fn descriptor(id: &[u8]) -> Descriptor {
    Descriptor::public_key(id)
}

fn need<T>(member: Option<T>, name: &str) -> Result<T, ClientError> {
    member.ok_or_else(|| ClientError::Response(format!("authenticatorCredentialManagement gave no {name}")))
}
