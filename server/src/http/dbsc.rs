//! The routes of device-bound sessions.

use axum::Router;

use crate::state::AppState;

/// Registration, refresh and termination.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
}
