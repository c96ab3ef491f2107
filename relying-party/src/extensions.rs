//! Extension outputs held against what was asked (WebAuthn L3 7.1 step 28, 7.2 step 23, 10.1;
//! CTAP 2.3 12). A missing output is never a reason to refuse by itself: only a policy makes it one.

use assay_protocol::check::Enforced;
use assay_protocol::tree::cbor::Node;
use assay_protocol::webauthn::extensions::inputs::{During, Salts};
use assay_protocol::webauthn::extensions::{InputError, Inputs, Outputs, Prf, id};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::profile::{Action, Profile};
use crate::rejection::{Check, Rejection};
use crate::relying_party::Misuse;

/// What is wanted of the outputs, beyond that they be of their types.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionPolicy {
    /// Does an output that was not asked for end the ceremony? WebAuthn leaves it open.
    #[serde(default)]
    pub refuse_unsolicited: bool,
    /// How long PINs must be. It is the authenticator's word, and only those that list the RP ID give it.
    #[serde(default)]
    pub min_pin_length: Option<u64>,
}

/// What was asked of extensions, as far as the outputs are judged by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The client extension inputs, in their JSON form.
    #[serde(default)]
    pub inputs: Map<String, Value>,
    /// What is wanted of the outputs.
    #[serde(default)]
    pub policy: ExtensionPolicy,
}

/// All outputs of a response.
pub(crate) struct Answers<'a> {
    client: &'a Map<String, Value>,
    known: &'a Outputs,
    authenticator: &'a [(Node, Node)],
}

impl<'a> Answers<'a> {
    pub(crate) fn new(client: &'a Map<String, Value>, known: &'a Outputs, authenticator: Option<&'a Node>) -> Self {
        Self { client, known, authenticator: authenticator.and_then(Node::as_map).unwrap_or_default() }
    }

    fn authenticator(&self, name: &str) -> Option<&Node> {
        self.authenticator.iter().find(|(id, _)| id.as_text() == Some(name)).map(|(_, output)| output)
    }
}

impl Asked {
    /// With these inputs and, where the policy needs it, `minPinLength`.
    pub fn new(mut inputs: Map<String, Value>, policy: ExtensionPolicy) -> Self {
        if policy.min_pin_length.is_some() {
            inputs.insert(id::MIN_PIN_LENGTH.to_owned(), true.into());
        }
        Self { inputs, policy }
    }

    /// Would clients take the inputs?
    pub(crate) fn validate(&self, during: During<'_>) -> Result<(), Misuse> {
        self.read(during).map(|_| ()).map_err(Misuse::Extension)
    }

    fn read(&self, during: During<'_>) -> Result<Inputs, InputError> {
        Inputs::read(&self.inputs, during)
    }

    /// 7.1 step 28
    pub(crate) fn judge_registration(&self, answers: &Answers<'_>, profile: &Profile) -> Result<(), Rejection> {
        let enforced = &profile.enforced;
        self.judge_solicited(answers, profile)?;
        // Inputs that clients do not take were refused before; what is here of them has no rules.
        let inputs = self.read(During::Registration).unwrap_or_default();
        if let Some(wanted) = inputs.cred_protect.filter(|wanted| wanted.enforced) {
            let level = answers.authenticator(id::CRED_PROTECT).and_then(Node::as_unsigned).unwrap_or_default();
            if level < wanted.level.number() {
                let detail = format!("level {level}, demanded {}", wanted.level.number());
                Check::CredProtectLevel.refuse(enforced, detail)?;
            }
        }
        if let Some(least) = self.policy.min_pin_length {
            let found = answers.authenticator(id::MIN_PIN_LENGTH).and_then(Node::as_unsigned);
            if found.is_none_or(|found| found < least) {
                let found = found.map_or_else(|| "nothing".to_owned(), |found| found.to_string());
                Check::MinPinLength.refuse(enforced, format!("{found} is said, {least} is wanted"))?;
            }
        }
        if let (Some(asked), Some(output)) = (&inputs.prf, &answers.known.prf) {
            if output.enabled.is_none() {
                Check::PrfOutput.refuse(enforced, "a registration's output does not say whether it is enabled")?;
            }
            judge_prf(asked.eval.as_ref(), output, enforced)?;
        }
        if let (Some(asked), Some(output)) = (&inputs.large_blob, &answers.known.large_blob) {
            if output.blob.is_some() || output.written.is_some() {
                Check::LargeBlobOutput.refuse(enforced, "a registration reads and writes no blob")?;
            }
            if asked.required == Some(true) && output.supported != Some(true) {
                Check::LargeBlobOutput.refuse(enforced, "support was required")?;
            }
        }
        Ok(())
    }

    /// 7.2 step 23
    pub(crate) fn judge_authentication(
        &self,
        answers: &Answers<'_>,
        credential_id: &[u8],
        allowed: &[Vec<u8>],
        profile: &Profile,
    ) -> Result<(), Rejection> {
        let enforced = &profile.enforced;
        self.judge_solicited(answers, profile)?;
        let inputs = self.read(During::Authentication(allowed)).unwrap_or_default();
        if let (Some(asked), Some(output)) = (&inputs.prf, &answers.known.prf) {
            if output.enabled.is_some() {
                Check::PrfOutput.refuse(enforced, "enabled is for registrations")?;
            }
            judge_prf(asked.chosen(credential_id), output, enforced)?;
        }
        if let (Some(asked), Some(output)) = (&inputs.large_blob, &answers.known.large_blob) {
            if output.supported.is_some() {
                Check::LargeBlobOutput.refuse(enforced, "supported is for registrations")?;
            }
            if (output.blob.is_some() && !asked.read) || (output.written.is_some() && asked.write.is_none()) {
                Check::LargeBlobOutput.refuse(enforced, "what was done is not what was asked for")?;
            }
        }
        Ok(())
    }

    fn judge_solicited(&self, answers: &Answers<'_>, profile: &Profile) -> Result<(), Rejection> {
        let is_refused = profile.switches.unsolicited_outputs == Action::Refuse;
        if !is_refused && !self.policy.refuse_unsolicited {
            return Ok(());
        }
        let has = |name: &str| self.inputs.contains_key(name);
        let client = answers.client.keys().map(String::as_str).find(|name| !has(name));
        let authenticator = answers.authenticator.iter().map(|(id, _)| id.as_text().unwrap_or_default());
        let authenticator = authenticator.into_iter().find(|name| !inputs_for(name).iter().any(|input| has(input)));
        match client.or(authenticator) {
            Some(name) => Check::ExtensionUnsolicited.refuse(&profile.enforced, format!("nobody asked for {name:?}")),
            None => Ok(()),
        }
    }
}

/// The clients' inputs that bring an authenticator's output about.
fn inputs_for(output: &str) -> Vec<&str> {
    match output {
        id::CRED_PROTECT => vec![id::CRED_PROTECT_POLICY],
        id::HMAC_SECRET | "hmac-secret-mc" => vec![id::PRF, id::HMAC_CREATE_SECRET, id::HMAC_GET_SECRET],
        id::CRED_BLOB => vec![id::CRED_BLOB, id::GET_CRED_BLOB],
        id::THIRD_PARTY_PAYMENT => vec![id::PAYMENT],
        other => vec![other],
    }
}

/// Results come where they were asked for, one for each value, of 32 bytes each.
fn judge_prf(asked: Option<&Salts>, output: &Prf, enforced: &Enforced) -> Result<(), Rejection> {
    let has_results = output.first.is_some() || output.second.is_some();
    let Some(asked) = asked else {
        return if has_results { Check::PrfOutput.refuse(enforced, "results of no value") } else { Ok(()) };
    };
    if has_results && (output.first.is_none() || output.second.is_some() != asked.second.is_some()) {
        Check::PrfOutput.refuse(enforced, "not one result for each value")?;
    }
    if output.first.iter().chain(&output.second).any(|result| result.len() != 32) {
        Check::PrfOutput.refuse(enforced, "a result has not 32 bytes")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
