//! The options of a registration.

use assay_protocol::webauthn::{
    AttestationConveyance, AuthenticatorAttachment, CreationOptions, Hint, ResidentKey, User as UserEntity,
    UserVerification,
};
use assay_relying_party::policy::conveyance;
use assay_relying_party::registration::{self, Mediation, Wishes};
use axum::http::{HeaderName, HeaderValue};

use super::{Demanded, Remembered};
use crate::audit::{Event, EventType};
use crate::ceremony::requirements::{self, Requirements};
use crate::ceremony::{Contract, Party, challenge, misused};
use crate::error::Error;
use crate::http::json::Object;
use crate::http::{Call, sessions};
use crate::policy;
use crate::state::AppState;
use crate::store::{Ceremony, User};

/// Options, and the cookie that goes with them.
pub(crate) struct Begun {
    pub(crate) options: CreationOptions,
    pub(crate) cookie: Option<(HeaderName, HeaderValue)>,
}

/// Issues options to whoever asks for a user name.
pub(crate) fn begin(call: &Call, contract: Contract) -> Result<Begun, Error> {
    let state = &call.state;
    let party = Party::of(call)?;
    let body = call.json()?;
    if contract == Contract::Own {
        body.only(&MEMBERS)?;
    }
    let username = body.required_text("username")?;
    if username.len() > LONGEST_NAME {
        return Err(Error::InvalidRequest(format!("username is longer than {LONGEST_NAME} bytes")));
    }
    let display_name = body.text("displayName")?.unwrap_or(username);
    let mut requirements = requirements::read(&body, &party, state.config())?;

    let known = state.store().user_named(&party.tenant_id, username)?;
    if let Some(user) = &known
        && contract == Contract::Own
        && !is_theirs(call, &party, user)?
    {
        return Err(Error::AccountExists);
    }
    let conditional = body.word("mediation", &requirements::MEDIATION)? == Some(Mediation::Conditional);
    if conditional {
        // 5.1.3 step 19: it follows a sign-in to this very account.
        let is_theirs = known.as_ref().map(|user| is_theirs(call, &party, user)).transpose()?;
        if !is_theirs.unwrap_or(party.client.is_some()) {
            return Err(Error::Forbidden("a conditional registration follows a sign-in".to_owned()));
        }
        requirements.mediation = Mediation::Conditional;
    }
    let new_user = known.is_none();
    let user = match known {
        Some(user) => user,
        None => User {
            user_id: state.id("user")?,
            tenant_id: party.tenant_id.clone(),
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            handle: state.random::<64>()?.to_vec(),
            created_at: state.now(),
        },
    };

    let demand = match requirements.expectations.attestation_types {
        Some(_) => Demanded::Proof,
        None => Demanded::Report,
    };
    let frames = requirements.frames.clone();
    let lifetime = requirements.lifetime;
    let wishes = wishes(state, &body, &user, requirements)?;
    let entity =
        UserEntity { id: user.handle.clone(), name: user.username.clone(), display_name: display_name.to_owned() };
    let (options, pending) = registration::begin(state.relying_party(), entity, state.random::<32>()?.to_vec(), wishes)
        .map_err(|misuse| misused("registration", &misuse))?;
    let started = Event::new(EventType::RegistrationStarted, &party.tenant_id, state.now())
        .user(Some(&user.user_id))
        .detail("username", username)
        .detail("attestation", options.attestation.as_str());
    let remembered = Remembered {
        pending,
        user_id: user.user_id,
        username: user.username,
        display_name: user.display_name,
        new_user,
        frames,
        demand,
    };
    let asked = challenge::Asked { ceremony: Ceremony::Registration, tenant_id: &party.tenant_id, lifetime };
    let cookie = challenge::issue(call, &asked, &options.challenge, &remembered, started)?;
    Ok(Begun { options, cookie })
}

/// Has whoever asks shown that the account is theirs, or their tenant's?
fn is_theirs(call: &Call, party: &Party, user: &User) -> Result<bool, Error> {
    if party.client.is_some() {
        return Ok(true);
    }
    match sessions::current(&call.state, &call.headers) {
        Ok(session) => Ok(session.tenant_id == user.tenant_id && session.user_id == user.user_id),
        Err(Error::SessionRequired(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// What the options ask for, beyond the requirements.
fn wishes(state: &AppState, body: &Object, user: &User, requirements: Requirements) -> Result<Wishes, Error> {
    let defaults = Wishes::default();
    let mut attachment = None;
    let mut resident_key = defaults.resident_key;
    let mut user_verification = defaults.user_verification;
    if let Some(selection) = body.object("authenticatorSelection")? {
        attachment = selection.parsed::<AuthenticatorAttachment>("authenticatorAttachment")?;
        user_verification = selection.parsed::<UserVerification>("userVerification")?.unwrap_or(user_verification);
        let by_flag = match selection.boolean("requireResidentKey")? {
            Some(true) => ResidentKey::Required,
            Some(false) => ResidentKey::Discouraged,
            None => resident_key,
        };
        resident_key = selection.parsed::<ResidentKey>("residentKey")?.unwrap_or(by_flag);
    }
    let asked = body.parsed::<AttestationConveyance>("attestation")?.unwrap_or(defaults.attestation);
    let current = policy::current(state, &user.tenant_id)?;
    let attestation = match (conveyance(&current.rules), asked) {
        ("direct", AttestationConveyance::None | AttestationConveyance::Indirect) => AttestationConveyance::Direct,
        _ => asked,
    };
    let known = state.store().credentials(&user.tenant_id, Some(&user.user_id), 0, u32::MAX)?;
    Ok(Wishes {
        timeout: requirements.timeout(),
        algorithms: requirements.algorithms,
        exclude_credentials: known.iter().map(|credential| credential.record.descriptor()).collect(),
        authenticator_attachment: attachment,
        resident_key,
        user_verification,
        hints: body.all_parsed::<Hint>("hints")?,
        attestation,
        attestation_formats: body.texts("attestationFormats")?.unwrap_or_default(),
        extensions: body.map("extensions")?.unwrap_or_default(),
        mediation: requirements.mediation,
        extension_policy: requirements.extension_policy,
        expectations: requirements.expectations,
    })
}

/// The longest user name, in bytes.
const LONGEST_NAME: usize = 256;

const MEMBERS: [&str; 9] = [
    "username",
    "displayName",
    "authenticatorSelection",
    "attestation",
    "attestationFormats",
    "hints",
    "mediation",
    "extensions",
    "requirements",
];
