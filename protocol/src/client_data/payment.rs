//! What a user has confirmed beside the sign-in: the payment that the client showed (Secure
//! Payment Confirmation, CollectedClientAdditionalPaymentData).

use serde::{Deserialize, Serialize};

use crate::base64url;
use crate::tree::json::Node;

/// The member `payment`. Of interest to whoever asked for a confirmation; to others it is a member
/// like any that they do not know, whatever it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Payment {
    /// Not there.
    #[default]
    Absent,
    /// What was shown, or in a registration the key alone.
    Shown(Box<Shown>),
    /// There, and something else; the text says what.
    Ill(String),
}

/// What the client showed, as far as it says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The relying party of the credential.
    pub rp_id: Option<String>,
    /// The outermost page.
    pub top_origin: Option<String>,
    /// Who is paid.
    pub payee_name: Option<String>,
    /// Where they are on the web.
    pub payee_origin: Option<String>,
    /// How much.
    pub total: Option<Amount>,
    /// With what.
    pub instrument: Option<Instrument>,
    /// A key that is bound to the browser, a COSE_Key.
    pub browser_bound_public_key: Option<Vec<u8>>,
}

/// An amount of money; the value is compared as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// ISO 4217.
    pub currency: String,
    /// A decimal number.
    pub value: String,
}

/// The card or account that is paid with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// Its name, as it was shown.
    #[serde(rename = "displayName")]
    pub display_name: String,
    /// Its picture, as a URL.
    pub icon: String,
}

pub(super) fn read(node: &Node) -> Payment {
    match shown(node) {
        Ok(shown) => Payment::Shown(Box::new(shown)),
        Err(what) => Payment::Ill(what),
    }
}

fn shown(node: &Node) -> Result<Shown, String> {
    if node.as_object().is_none() {
        return Err(format!("{} found", node.kind()));
    }
    let key = text(node, "browserBoundPublicKey")?;
    let key = key.map(|key| base64url::decode(&key).map_err(|error| format!("browserBoundPublicKey: {error}")));
    Ok(Shown {
        rp_id: text(node, "rpId")?,
        top_origin: text(node, "topOrigin")?,
        payee_name: text(node, "payeeName")?,
        payee_origin: text(node, "payeeOrigin")?,
        total: part(node, "total", |total| {
            Ok(Amount { currency: required(total, "currency")?, value: required(total, "value")? })
        })?,
        instrument: part(node, "instrument", |instrument| {
            Ok(Instrument { display_name: required(instrument, "displayName")?, icon: required(instrument, "icon")? })
        })?,
        browser_bound_public_key: key.transpose()?,
    })
}

fn text(node: &Node, name: &str) -> Result<Option<String>, String> {
    let Some(member) = node.get(name) else {
        return Ok(None);
    };
    member.as_str().map(|text| Some(text.to_owned())).ok_or_else(|| format!("{name} is a {}", member.kind()))
}

fn required(node: &Node, name: &str) -> Result<String, String> {
    text(node, name)?.ok_or_else(|| format!("no {name}"))
}

fn part<T>(node: &Node, name: &str, read: impl Fn(&Node) -> Result<T, String>) -> Result<Option<T>, String> {
    let Some(member) = node.get(name) else {
        return Ok(None);
    };
    if member.as_object().is_none() {
        return Err(format!("{name} is a {}", member.kind()));
    }
    read(member).map(Some).map_err(|what| format!("{name}: {what}"))
}

#[cfg(test)]
mod tests;
