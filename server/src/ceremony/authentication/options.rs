//! The options of an authentication.

use assay_protocol::webauthn::{Descriptor, Hint, RequestOptions, UserVerification};
use assay_relying_party::authentication::{self, Wishes};
use aws_lc_rs::hmac;
use axum::http::{HeaderName, HeaderValue};

use super::Remembered;
use crate::audit::{Event, EventType};
use crate::ceremony::{Contract, Party, challenge, misused, requirements};
use crate::error::Error;
use crate::http::Call;
use crate::state::AppState;
use crate::store::{Ceremony, User};

/// Options, and the cookie that goes with them.
pub(crate) struct Begun {
    pub(crate) options: RequestOptions,
    pub(crate) cookie: Option<(HeaderName, HeaderValue)>,
}

/// Issues options, for a user name or for whoever comes.
pub(crate) fn begin(call: &Call, contract: Contract) -> Result<Begun, Error> {
    let state = &call.state;
    let party = Party::of(call)?;
    let body = call.json()?;
    if contract == Contract::Own {
        body.only(&MEMBERS)?;
    }
    let username = match contract {
        Contract::FidoRest => Some(body.required_text("username")?),
        // A name that is there must be a name: an empty one is not the same as none.
        Contract::Own if body.get("username").is_some() => Some(body.required_text("username")?),
        Contract::Own => None,
    };
    let requirements = requirements::read(&body, &party, state.config())?;
    let named = username.map(|username| account(state, &party.tenant_id, username)).transpose()?;
    let user = named.as_ref().and_then(|(user, _)| user.as_ref());
    if contract == Contract::FidoRest && user.is_none() {
        return Err(Error::UserUnknown);
    }

    let defaults = Wishes::default();
    let wishes = Wishes {
        user_handle: user.map(|user| user.handle.clone()),
        timeout: requirements.timeout(),
        user_verification: body.parsed::<UserVerification>("userVerification")?.unwrap_or(defaults.user_verification),
        hints: body.all_parsed::<Hint>("hints")?,
        extensions: body.map("extensions")?.unwrap_or_default(),
        extension_policy: requirements.extension_policy,
        payment: requirements.payment,
        backup: requirements.expectations.backup,
        allow_credentials: named.as_ref().map(|(_, allowed)| allowed.clone()).unwrap_or_default(),
    };
    let (options, pending) = authentication::begin(state.relying_party(), state.random::<32>()?.to_vec(), wishes)
        .map_err(|misuse| misused("authentication", &misuse))?;
    let user_id = user.map(|user| user.user_id.clone());
    let started = Event::new(EventType::AuthenticationStarted, &party.tenant_id, state.now()).user(user_id.as_deref());
    let lifetime = requirements.lifetime;
    let remembered = Remembered { pending, user_id, frames: requirements.frames };
    let asked = challenge::Asked { ceremony: Ceremony::Authentication, tenant_id: &party.tenant_id, lifetime };
    let cookie = challenge::issue(call, &asked, &options.challenge, &remembered, started)?;
    Ok(Begun { options, cookie })
}

/// The user of a name and the credentials to allow; for a name that nobody has, one that nobody
/// holds, always the same, so that the options do not tell which names have an account.
fn account(state: &AppState, tenant_id: &str, username: &str) -> Result<(Option<User>, Vec<Descriptor>), Error> {
    let Some(user) = state.store().user_named(tenant_id, username)? else {
        let key = hmac::Key::new(hmac::HMAC_SHA256, state.decoy_key());
        let decoy = hmac::sign(&key, format!("{tenant_id}\n{username}").as_bytes());
        return Ok((None, vec![Descriptor::new(decoy.as_ref().to_vec(), Vec::new())]));
    };
    let credentials = state.store().credentials(tenant_id, Some(&user.user_id), 0, u32::MAX)?;
    let allowed = credentials.iter().map(|credential| credential.record.descriptor()).collect();
    Ok((Some(user), allowed))
}

const MEMBERS: [&str; 5] = ["username", "userVerification", "hints", "extensions", "requirements"];
