//! Device-bound sessions: the server's glue over `assay-dbsc`.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::Error;
use crate::state::AppState;
use crate::store::Session;

/// Whether a session is bound to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    /// The browser did not take the offer, or cannot.
    Unbound,
    /// The request carried a fresh bound cookie.
    Bound,
}

impl Binding {
    /// Is it bound?
    pub(crate) fn is_bound(self) -> bool {
        self == Self::Bound
    }
}

/// The headers that offer the browser to bind a session that has just begun; called by a successful
/// authentication, whose response they go into.
pub(crate) fn offer(
    _state: &AppState,
    _session: &Session,
    _headers: &HeaderMap,
) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
    Ok(Vec::new())
}

/// Refuses a request of a bound session without a fresh bound cookie.
pub(crate) fn require(_state: &AppState, _session: &Session, _headers: &HeaderMap) -> Result<Binding, Error> {
    Ok(Binding::Unbound)
}
