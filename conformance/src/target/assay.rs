//! The `assay` dialect: the same endpoints, and more to say. Its own are below `/v1`.

use serde_json::Value;

use super::http::Http;
use super::{Dialect, TargetError, TargetFile};

/// Where a server of the dialect says what it is.
pub const CAPABILITIES: &str = "/v1/capabilities";

/// What a target file says, completed by what the dialect settles.
#[must_use]
pub fn complete(mut file: TargetFile) -> TargetFile {
    let mut add = |features: &[&str]| file.features.extend(features.iter().map(|feature| (*feature).to_owned()));
    if file.dialect == Dialect::Assay {
        add(&["requirements", "judges-extensions", "appid", "hints"]);
        add(&["format-tpm", "format-android-key", "format-apple", "format-compound"]);
        // Whoever still verifies what a service of Google's has signed says so.
        if !file.features.contains("format-android-safetynet") {
            file.features.insert("refuses-android-safetynet".to_owned());
        }
        file.endpoints.begin_usernameless.get_or_insert_with(|| "/v1/authentication/options".to_owned());
        if file.answers.code.is_empty() {
            file.answers.code = ["/check", "/code"].map(str::to_owned).to_vec();
        }
    }
    if file.dialect == Dialect::WebauthnJson {
        file.features.insert("webauthn-json".to_owned());
    }
    if !file.features.contains("webauthn-json") {
        file.features.insert("fido-rest".to_owned());
    }
    if file.endpoints.begin_usernameless.is_some() {
        file.features.insert("usernameless".to_owned());
    }
    file
}

/// A target file for a plain URL. The server's capabilities are asked for the dialect alone:
/// profile and features are told by whoever judges. Must not be called inside an async runtime.
pub fn for_url(name: impl Into<String>, url: impl Into<String>) -> Result<TargetFile, TargetError> {
    let mut file = TargetFile::relying_party(name, url, Dialect::FidoRest);
    let answer = Http::new(&file)?.get(CAPABILITIES)?;
    let capabilities: Option<Value> = serde_json::from_str(&answer.text).ok();
    let ours = |capabilities: &Value| capabilities.get("dialect").and_then(Value::as_str) == Some("assay");
    if answer.status == 200 && capabilities.as_ref().is_some_and(ours) {
        file.dialect = Dialect::Assay;
    }
    Ok(complete(file))
}
