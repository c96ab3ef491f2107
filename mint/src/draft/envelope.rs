use crate::json::Object;
use crate::seed::Seed;

/// RegistrationResponseJSON or AuthenticationResponseJSON, WebAuthn L3 5.1.
#[derive(Debug, Clone)]
pub struct EnvelopeDraft {
    /// The members; `response` is an object among them.
    pub members: Object,
    /// Text to send in the stead of the members.
    pub raw: Option<String>,
    /// Where other identifiers may be drawn from.
    pub seed: Seed,
}

impl EnvelopeDraft {
    /// The `response` member.
    pub fn response(&mut self) -> Option<&mut Object> {
        self.members.object_mut("response")
    }

    /// Does it answer a registration?
    pub fn is_registration(&mut self) -> bool {
        self.response().is_some_and(|response| response.get("attestationObject").is_some())
    }

    /// Appends to the text of a member of `response`.
    pub fn append(&mut self, key: &str, suffix: &str) {
        let Some(response) = self.response() else {
            return;
        };
        if let Some(text) = response.text(key).map(|text| format!("{text}{suffix}")) {
            response.set(key, text);
        }
    }

    /// The JSON text.
    pub fn to_text(&self) -> String {
        self.raw.clone().unwrap_or_else(|| self.members.to_text())
    }
}
