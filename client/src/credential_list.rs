//! Lists of credentials, cut to what one message may hold, and looked up silently.

use assay_protocol::ctap2::{DEFAULT_MAX_MSG_SIZE, Descriptor, Options, PUBLIC_KEY, Status, get_assertion, get_info};
use assay_protocol::ctaphid::MAX_MESSAGE;
use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::to_canonical;
use assay_protocol::webauthn;

use crate::authenticator::Authenticator;
use crate::error::ClientError;

/// Command byte, key and header of the list.
const LIST_OVERHEAD: usize = 8;

/// The entries of a known type, as the authenticator gets them.
pub(crate) fn known(list: &[webauthn::Descriptor]) -> Vec<Descriptor> {
    let known = list.iter().filter(|descriptor| descriptor.kind == PUBLIC_KEY);
    known.map(|descriptor| Descriptor::public_key(descriptor.id.as_slice())).collect()
}

/// The entries that can be this authenticator's at all, in batches of which each fits into one
/// message beside `other` bytes (CTAP 2.3 6.4, maxCredentialCountInList and maxCredentialIdLength).
pub(crate) fn batches(list: &[Descriptor], info: &get_info::Response, other: usize) -> Vec<Vec<Descriptor>> {
    let room = max_message(info).saturating_sub(other).saturating_sub(LIST_OVERHEAD);
    let longest_id = as_usize(info.max_credential_id_length.unwrap_or(u64::MAX));
    let most = as_usize(info.max_credential_count_in_list.unwrap_or(1)).max(1);

    let mut batches: Vec<Vec<Descriptor>> = Vec::new();
    let mut used = 0;
    for descriptor in list.iter().filter(|descriptor| descriptor.id.len() <= longest_id) {
        let size = to_canonical(&descriptor.to_value()).len();
        if size > room {
            continue;
        }
        match batches.last_mut() {
            Some(batch) if batch.len() < most && size <= room.saturating_sub(used) => {
                batch.push(descriptor.clone());
                used += size;
            }
            _ => {
                batches.push(vec![descriptor.clone()]);
                used = size;
            }
        }
    }
    batches
}

/// The longest message that goes to this authenticator.
pub(crate) fn max_message(info: &get_info::Response) -> usize {
    as_usize(info.max_msg_size.unwrap_or(DEFAULT_MAX_MSG_SIZE)).min(MAX_MESSAGE)
}

/// The first listed credential that the authenticator has, found without bothering its user.
pub(crate) fn find(
    authenticator: &mut Authenticator<'_>,
    info: &get_info::Response,
    rp_id: &str,
    list: &[Descriptor],
    token: Option<&Token>,
) -> Result<Option<Descriptor>, ClientError> {
    let mut request = silent(rp_id, token);
    let other = request.to_cbor().len();
    for batch in batches(list, info, other) {
        request.allow_list = Some(batch.clone());
        match authenticator.get_assertion(request.clone()) {
            Ok(response) => return hit(response, batch).map(Some),
            Err(error) if matches!(error.status(), Some(Status::NO_CREDENTIALS | Status::INVALID_CREDENTIAL)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Nobody will see this assertion, so it is over nothing.
fn silent(rp_id: &str, token: Option<&Token>) -> get_assertion::Request {
    let client_data_hash = [0; 32];
    get_assertion::Request {
        rp_id: rp_id.to_owned(),
        client_data_hash,
        allow_list: None,
        extensions: None,
        options: Options { up: Some(false), ..Options::default() },
        pin_uv_auth_param: token.map(|token| token.authenticate(&client_data_hash)),
        pin_uv_auth_protocol: token.map(|token| token.protocol().number()),
    }
}

fn hit(response: get_assertion::Response, batch: Vec<Descriptor>) -> Result<Descriptor, ClientError> {
    let wrong = || ClientError::Response("the silent assertion names no credential of its list".to_owned());
    match (response.credential, <[Descriptor; 1]>::try_from(batch)) {
        (None, Ok([only])) => Ok(only),
        (None, Err(_)) => Err(wrong()),
        (Some(named), Ok([only])) => Some(only).filter(|only| only.id == named.id).ok_or_else(wrong),
        (Some(named), Err(batch)) => batch.into_iter().find(|listed| listed.id == named.id).ok_or_else(wrong),
    }
}

fn as_usize(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
