//! The confirmation of a payment (Secure Payment Confirmation, "Verifying an Authentication
//! Assertion"): an authentication whose client data say what the user was shown.

use assay_protocol::check::Enforced;
use assay_protocol::client_data::payment::{Amount, Instrument, Payment as Shown};
use assay_protocol::cose::CoseKey;
use assay_protocol::signature;
use assay_protocol::webauthn::extensions::Outputs;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ceremony::short;
use crate::rejection::{Check, Rejection};
use crate::relying_party::RelyingParty;

/// A payment that a user is to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Whence the confirmation may be asked for: shops, as a rule. The relying party's own origins
    /// where empty.
    #[serde(default)]
    pub origins: Vec<String>,
    /// The outermost pages that are expected.
    pub top_origins: Vec<String>,
    /// Who is paid.
    #[serde(default)]
    pub payee_name: Option<String>,
    /// Where they are on the web.
    #[serde(default)]
    pub payee_origin: Option<String>,
    /// How much.
    pub total: Amount,
    /// With what.
    pub instrument: Instrument,
}

impl Payment {
    pub(crate) fn origins<'a>(&'a self, rp: &'a RelyingParty) -> &'a Vec<String> {
        if self.origins.is_empty() { &rp.origins } else { &self.origins }
    }

    /// The extension's input: what is to be shown.
    pub(crate) fn to_input(&self, rp_id: &str) -> Value {
        let mut input = json!({
            "isPayment": true,
            "rpId": rp_id,
            "total": self.total,
            "instrument": self.instrument,
        });
        let optional = [("payeeName", &self.payee_name), ("payeeOrigin", &self.payee_origin)];
        for (name, value) in optional {
            if let (Some(value), Some(members)) = (value, input.as_object_mut()) {
                members.insert(name.to_owned(), value.as_str().into());
            }
        }
        input
    }

    /// Is what was shown what was to be shown?
    pub(crate) fn judge(&self, rp_id: &str, payment: &Shown, enforced: &Enforced) -> Result<(), Rejection> {
        let shown = match payment {
            Shown::Shown(shown) => shown,
            Shown::Absent => return Check::PaymentData.refuse(enforced, "no payment was shown"),
            Shown::Ill(what) => return Check::PaymentData.refuse(enforced, what.as_str()),
        };
        let top_origin_is_expected = shown.top_origin.as_ref().is_some_and(|top| self.top_origins.contains(top));
        let other = [
            ("rpId", shown.rp_id.as_deref() != Some(rp_id)),
            ("topOrigin", !top_origin_is_expected),
            ("payeeName", shown.payee_name != self.payee_name),
            ("payeeOrigin", shown.payee_origin != self.payee_origin),
            ("total", shown.total.as_ref() != Some(&self.total)),
            ("instrument", shown.instrument.as_ref() != Some(&self.instrument)),
        ];
        match other.into_iter().find(|(_, is_other)| *is_other) {
            Some((name, _)) => Check::PaymentMismatch.refuse(enforced, format!("{name} is not as it was to be shown")),
            None => Ok(()),
        }
    }
}

/// A key that is bound to the browser signs the client data too, where there is one. Whether it is
/// known is for the caller to judge: its public half is in the client data, which are signed.
pub(crate) fn judge_browser_bound(
    payment: &Shown,
    outputs: &Outputs,
    client_data_json: &[u8],
    enforced: &Enforced,
) -> Result<(), Rejection> {
    let key = match payment {
        Shown::Shown(shown) => shown.browser_bound_public_key.as_deref(),
        _ => None,
    };
    let (key, signature) = match (key, &outputs.browser_bound_signature) {
        (None, None) => return Ok(()),
        (Some(key), Some(signature)) => (key, signature),
        (Some(_), None) => return Check::BrowserBoundSignature.refuse(enforced, "a key without a signature"),
        (None, Some(_)) => return Check::BrowserBoundSignature.refuse(enforced, "a signature without a key"),
    };
    let verdict = match CoseKey::parse(key) {
        Ok(key) => signature::verify(key.alg, &key.key, client_data_json, signature).map_err(|error| error.to_string()),
        Err(malformed) => Err(malformed.to_string()),
    };
    match verdict {
        Ok(()) => Ok(()),
        Err(why) => Check::BrowserBoundSignature.refuse(enforced, short(&why)),
    }
}

#[cfg(test)]
mod tests;
