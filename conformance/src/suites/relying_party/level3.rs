//! What Level 3 adds around the two ceremonies: outputs of extensions held against what was asked,
//! conditional creation, related origins, hints, confirmations of payments.

mod authentication;
mod options;
mod payment;
mod registration;
mod related;

use super::basis::Basis;
use super::world::World;
use crate::case::Case;

/// Every case of these.
pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let mut cases = registration::cases();
    cases.extend(authentication::cases());
    cases.extend(payment::cases());
    cases.extend(related::cases());
    cases.extend(options::cases());
    cases
}

/// Client extension results with one output.
fn results(id: &str, output: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
    [(id.to_owned(), output)].into_iter().collect()
}
