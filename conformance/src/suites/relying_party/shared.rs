//! The tables that both ceremonies share.

mod authenticator_data;
mod client_data;
mod envelope;
mod extensions;

use super::rule::Rule;

/// The parts that both ceremonies have, from the outside in.
pub(super) const SHARED: [&[Rule]; 4] =
    [envelope::RULES, client_data::RULES, authenticator_data::RULES, extensions::RULES];
