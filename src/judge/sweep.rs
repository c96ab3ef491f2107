//! Takes away what cases leave on a key that they may use, with the PIN that they give it.

use std::time::{Duration, Instant};

use anyhow::Result;
use assay_client::error::Unfit;
use assay_client::{Client, ClientError, PinReason, PinRequest, User, credential_management, large_blobs, pin};
use assay_conformance::suites::authenticator::PIN;
use assay_protocol::ctap2::client_pin::permission;
use assay_transport::Channel;

/// How long it may take, without a touch.
const PATIENCE: Duration = Duration::from_secs(20);

/// Knows the cases' PIN, and no other: a key that has another is asked but once.
struct Ours;

impl User for Ours {
    fn pin(&mut self, request: &PinRequest) -> Option<String> {
        (request.reason == PinReason::First).then(|| PIN.to_owned())
    }
}

/// Gives the key the cases' PIN where it has none, and takes away credentials and large blobs where there may be
/// some. A key that cannot do that is an error, and has to be reset.
pub(super) fn to_our_pin(channel: &mut Channel, kept: bool) -> Result<()> {
    let mut client = Client::new("https://localhost", Box::new(Ours))?;
    let mut key = client.authenticator(channel, Instant::now() + PATIENCE);
    let mut info = key.get_info()?;
    match info.option("clientPin") {
        None => return Err(ClientError::from(Unfit::UserVerification).into()),
        Some(true) => {}
        Some(false) => {
            pin::set_pin(&mut key, &info, PIN)?;
            info = key.get_info()?;
        }
    }
    if !kept {
        return Ok(());
    }
    credential_management::supported(&info).map_err(ClientError::from)?;
    let token = pin::management_token(&mut key, &info, permission::CM)?;
    for kept in credential_management::list(&mut key, &info, &token)? {
        credential_management::delete(&mut key, &info, &token, &kept.credential_id)?;
    }
    if large_blobs::supported(&info).is_ok() && !large_blobs::read(&mut key, &info)?.is_empty() {
        let token = pin::management_token(&mut key, &info, permission::LBW)?;
        large_blobs::write(&mut key, &info, Some(&token), &large_blobs::Array::empty())?;
    }
    Ok(())
}
