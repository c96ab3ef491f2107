//! What clients are told beside the ceremonies: signals about credentials, and related origins.

use assay_protocol::webauthn::related_origins::Document;
use assay_protocol::webauthn::signals::{AllAcceptedCredentials, CurrentUserDetails};
use serde_json::json;

use super::{Call, Reply, sessions};
use crate::auth;
use crate::error::Error;

/// `GET /v1/users/{user_id}/signals`, or of `me`: 200 with the options of the signal methods that a
/// page may call for whoever is signed in (WebAuthn L3 5.1.10). A client of the tenant may ask for anybody.
pub(super) fn of_user(call: &Call) -> Result<Reply, Error> {
    let asked = call.uri.path().split('/').nth(3).unwrap_or_default();
    let (tenant_id, user_id) = match auth::client(&call.state, &call.headers)? {
        Some(client) => (client.tenant_id, asked.to_owned()),
        None => {
            let session = sessions::current(&call.state, &call.headers)?;
            if asked != "me" && asked != session.user_id {
                return Err(Error::Forbidden("these signals are another user's".to_owned()));
            }
            (session.tenant_id, session.user_id)
        }
    };
    let store = call.state.store();
    let user = store.user(&tenant_id, &user_id)?.ok_or(Error::UserUnknown)?;
    let credentials = store.credentials(&tenant_id, Some(&user_id), 0, u32::MAX)?;
    let rp_id = call.state.relying_party().id.clone();
    let accepted = AllAcceptedCredentials {
        rp_id: rp_id.clone(),
        user_id: user.handle.clone(),
        all_accepted_credential_ids: credentials.into_iter().map(|credential| credential.record.id).collect(),
    };
    let details =
        CurrentUserDetails { rp_id, user_id: user.handle, name: user.username, display_name: user.display_name };
    Ok(Reply::ok(json!({
        "allAcceptedCredentials": accepted.to_json(),
        "currentUserDetails": details.to_json(),
    })))
}

/// `GET /.well-known/webauthn`: 200 with the related origins, where there are any (WebAuthn L3 5.11).
pub(super) fn related_origins(call: &Call) -> Result<Reply, Error> {
    let origins = call.state.config().related_origins.clone();
    if origins.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(Reply::ok(Document { origins }.to_json()))
}
