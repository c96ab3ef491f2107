//! The ceremonies between HTTP and the pure functions of `assay-relying-party`: what is asked of
//! whom, what is remembered meanwhile, what is written down in the end.

pub(crate) mod authentication;
mod challenge;
pub(crate) mod registration;
mod requirements;

use assay_protocol::webauthn;
use assay_relying_party::relying_party::Misuse;
use assay_relying_party::{Rejection, RelyingParty};
use serde::{Deserialize, Serialize};

use crate::audit::{Event, EventType, Outcome};
use crate::auth;
use crate::error::{Error, Problem};
use crate::http::Call;
use crate::state::AppState;
use crate::store::{Ceremony, Client};

/// By which of the two interfaces a ceremony came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contract {
    /// FIDO's test interface: anybody registers for anybody, and an unknown user is told so.
    FidoRest,
    /// The server's own: an account is added to only by who has shown that it is theirs, and
    /// nobody is told which names have an account until a registration asks for one.
    Own,
}

impl Contract {
    fn dialect(self) -> webauthn::Dialect {
        match self {
            Self::FidoRest => webauthn::Dialect::FidoRest,
            Self::Own => webauthn::Dialect::WebAuthn,
        }
    }
}

/// The frames that a ceremony may be in, beyond none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Frames {
    cross_origin: bool,
    top_origins: Vec<String>,
}

impl Frames {
    fn relying_party(&self, state: &AppState) -> RelyingParty {
        RelyingParty {
            cross_origin: self.cross_origin,
            top_origins: self.top_origins.clone(),
            ..state.relying_party().clone()
        }
    }
}

/// The tenant that a ceremony belongs to, and its client where Basic credentials were sent.
struct Party {
    tenant_id: String,
    client: Option<Client>,
}

impl Party {
    fn of(call: &Call) -> Result<Self, Error> {
        let client = auth::client(&call.state, &call.headers)?;
        let tenant_id = client.as_ref().map_or(call.state.default_tenant(), |client| &client.tenant_id).to_owned();
        Ok(Self { tenant_id, client })
    }
}

/// A ceremony's second half under way: whom it concerns, as far as that is known, and the audit
/// lines that are written however it ends.
struct Attempt {
    tenant_id: String,
    user_id: Option<String>,
    events: Vec<Event>,
}

impl Attempt {
    fn new(state: &AppState) -> Self {
        Self { tenant_id: state.default_tenant().to_owned(), user_id: None, events: Vec::new() }
    }

    /// Writes down that it failed, and gives the reason back.
    fn rejected(mut self, state: &AppState, event_type: EventType, error: Error) -> Error {
        let problem = error.problem();
        let outcome = if problem.status >= 500 { Outcome::Error } else { Outcome::Fail };
        let mut event = Event::new(event_type, &self.tenant_id, state.now())
            .user(self.user_id.as_deref())
            .outcome(outcome)
            .code(problem.code)
            .detail("http", problem.status)
            .detail("reason", error.to_string());
        for (name, value) in [("check", problem.check), ("clause", problem.clause)] {
            if let Some(value) = value {
                event = event.detail(name, value);
            }
        }
        if let Some(detail) = problem.detail {
            event = event.detail("found", detail);
        }
        self.events.push(event);
        if let Err(unwritten) = state.store().record(self.events) {
            tracing::error!(%unwritten, "a refusal is not in the audit log");
        }
        error
    }
}

/// Options that cannot be: whoever asks for extensions asks for what clients take, the rest is ours to know.
fn misused(ceremony: &str, misuse: &Misuse) -> Error {
    match misuse {
        Misuse::Extension(_) => Error::InvalidRequest(misuse.to_string()),
        _ => Error::Internal(format!("{ceremony} options: {misuse}")),
    }
}

/// A rejection as an answer: those of the attestation statement share one code, and all name the
/// exact check.
fn refused(rejection: &Rejection, ceremony: Ceremony) -> Error {
    let about_attestation = ceremony == Ceremony::Registration && is_about_attestation(rejection.code());
    let code = if about_attestation { "invalid_attestation" } else { rejection.code() };
    let summary = match rejection {
        Rejection::Malformed { reason, .. } => format!("refused: {}", reason.code),
        Rejection::Check { check, .. } => format!("refused: {}", check.summary),
    };
    Problem {
        check: Some(rejection.code()),
        clause: Some(rejection.clause()),
        detail: Some(rejection.detail().to_owned()).filter(|detail| !detail.is_empty()),
        ..Problem::new(400, code, summary)
    }
    .into()
}

/// Is it about the statement of a registration, or about the only signature that one has?
fn is_about_attestation(code: &str) -> bool {
    assay_attestation::Check::ALL.iter().any(|check| check.id() == code)
        || assay_attestation::Reason::ALL.iter().any(|reason| reason.info().code == code)
        || code.starts_with("signature_")
}
