//! The browser's steps: what it does with an offer, with instructions, and with the answers to
//! its refreshes. Sockets, keys and cookies are elsewhere.

pub mod refresh;
pub mod registration;
pub mod session;

pub use session::Session;

/// Whom to behave like where the specification and a browser differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Behaviour {
    /// The specification.
    #[default]
    Specification,
    /// Chromium 156 as it was measured.
    Chromium156,
}

/// Does the browser name the endpoint in its proofs?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// No `aud`, as browsers do by default.
    #[default]
    Absent,
    /// `aud` is the endpoint's URL.
    Endpoint,
}

#[cfg(test)]
mod tests;
