//! Extensions that a key may have (CTAP 2.3 12).

mod cred_blob;
mod cred_protect;
mod hmac_secret;
mod large_blob_key;
mod min_pin_length;
mod payment;
mod pin_complexity;
mod types;
pub(super) mod uvm;

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

use super::get_info;
use super::request::{self, set, text_map};
use super::world::Key;
use crate::case::Case;
use crate::context::Context;
use crate::verdict::Stop;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = cred_protect::cases();
    cases.extend(hmac_secret::cases());
    cases.extend(cred_blob::cases());
    cases.extend(payment::cases());
    cases.extend(pin_complexity::cases());
    cases.extend(uvm::cases());
    cases.extend(types::cases());
    cases.extend(large_blob_key::cases());
    cases.extend(min_pin_length::cases());
    cases
}

/// The key has this extension, or there is nothing to ask.
fn offered(key: &mut Key, context: &mut Context, id: &str) -> Result<(), Stop> {
    if get_info::has_extension(&get_info::info(key, context)?, id) {
        return Ok(());
    }
    Err(Stop::skip(id.to_owned()))
}

/// A good makeCredential with one extension.
fn registration(context: &mut Context, id: &str, input: Value) -> Value {
    set(request::make_credential(context), 6, text_map([(id, input)]))
}

/// The output of an extension, where there is one.
fn told<'d>(data: &'d AuthenticatorData, id: &str) -> Option<&'d Node> {
    data.extensions.as_ref()?.get_text(id)
}

/// The output of an extension for reports.
fn shown(data: &AuthenticatorData, id: &str) -> String {
    told(data, id).map_or_else(|| "nothing".to_owned(), cbor::diagnostic)
}
