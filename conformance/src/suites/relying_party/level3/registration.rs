//! Registrations: outputs held against what was asked (WebAuthn L3 7.1 step 28, 10.1; CTAP 2.3 12),
//! and conditional creation (7.1 step 15).

use assay_mint::cbor::Map as Cbor;
use assay_mint::edits::{AuthenticatorDataEdit, ExtensionsEdit};
use assay_mint::registration::RegistrationForge;
use serde_json::json;

use super::results;
use crate::case::{Case, Level};
use crate::context::Context;
use crate::evidence::Role;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::ceremony::{
    Sending, begin_registration, registration_forge, registration_request, send_registration,
};
use crate::suites::relying_party::judge;
use crate::suites::relying_party::rule::{need, title};
use crate::suites::relying_party::world::World;
use crate::target::RegistrationRequest;
use crate::verdict::{Pass, Stop};

struct Row {
    id: &'static str,
    clause: &'static str,
    needs: &'static [&'static str],
    given: &'static str,
    plants: &'static str,
    ask: fn(&mut RegistrationRequest),
    good: fn(RegistrationForge) -> RegistrationForge,
    change: fn(RegistrationForge) -> RegistrationForge,
    codes: &'static [&'static str],
    demands: &'static str,
    twin: &'static str,
}

const JUDGING: &[&str] = &[need::JUDGES_EXTENSIONS];
const POLICY: &[&str] = &[need::REQUIREMENTS, need::JUDGES_EXTENSIONS];
const CONDITIONAL: &[&str] = &[need::CONDITIONAL_CREATE];
const STEP_28: &str = "WebAuthn L3 7.1 step 28";
const PROTECT: &str = "WebAuthn L3 7.1 step 28; CTAP 2.3 12.1";
const PIN: &str = "WebAuthn L3 7.1 step 28; CTAP 2.3 12.5";
const SOLICITED: &str = "Whoever wants no outputs that were not asked for gets none.";
const PROTECTED: &str =
    "Where the protection of the credential was demanded, and enforced, it is there in the outputs.";
const LONG_PINS: &str = "Where the policy wants PINs of some length, the authenticator says that they have it.";

const ROWS: &[Row] = &[
    Row {
        id: "registration/extensions/solicited-where-no-others-are-wanted",
        clause: STEP_28,
        needs: POLICY,
        given: "creation options that ask for credProps, and a policy that wants no other outputs",
        plants: "the output of credProps, which was asked for",
        ask: |request| {
            request.requirements = Some(json!({ "unsolicited_extensions": "refuse" }));
            request.extensions = results("credProps", json!(true));
        },
        good: |forge| RegistrationForge {
            client_extension_results: results("credProps", json!({ "rk": false })),
            ..forge
        },
        change: |forge| forge,
        codes: &[],
        demands: "An output that was asked for is no reason to refuse.",
        twin: "registration/accepted/none",
    },
    Row {
        id: "registration/extensions/unsolicited-where-none-are-wanted",
        clause: STEP_28,
        needs: POLICY,
        given: "creation options that ask for no extension, and a policy that wants no outputs then",
        plants: "an authenticator's output that nobody asked for",
        ask: |request| request.requirements = Some(json!({ "unsolicited_extensions": "refuse" })),
        good: |forge| forge,
        change: |forge| forge.edited(ExtensionsEdit::Unsolicited),
        codes: &["extension_unsolicited"],
        demands: SOLICITED,
        twin: "registration/extensions/solicited-where-no-others-are-wanted",
    },
    Row {
        id: "registration/extensions/client-output-where-none-are-wanted",
        clause: STEP_28,
        needs: POLICY,
        given: "creation options that ask for no extension, and a policy that wants no outputs then",
        plants: "a client's output that nobody asked for",
        ask: |request| request.requirements = Some(json!({ "unsolicited_extensions": "refuse" })),
        good: |forge| forge,
        change: |forge| RegistrationForge {
            client_extension_results: results("credProps", json!({ "rk": true })),
            ..forge
        },
        codes: &["extension_unsolicited"],
        demands: SOLICITED,
        twin: "registration/extensions/solicited-where-no-others-are-wanted",
    },
    Row {
        id: "registration/extensions/cred-protect-as-demanded",
        clause: PROTECT,
        needs: JUDGING,
        given: "creation options that demand the credential to be protected by user verification",
        plants: "credProtect is 3",
        ask: protect,
        good: |forge| output(forge, "credProtect", 3),
        change: |forge| forge,
        codes: &[],
        demands: "A credential that is protected as was demanded is good.",
        twin: "registration/accepted/none",
    },
    Row {
        id: "registration/extensions/cred-protect-lower-than-demanded",
        clause: PROTECT,
        needs: JUDGING,
        given: "creation options that demand the credential to be protected by user verification",
        plants: "credProtect is 2, where 3 was demanded",
        ask: protect,
        good: |forge| output(forge, "credProtect", 3),
        change: |forge| output(forge, "credProtect", 2),
        codes: &["cred_protect_level"],
        demands: PROTECTED,
        twin: "registration/extensions/cred-protect-as-demanded",
    },
    Row {
        id: "registration/extensions/cred-protect-passed-over",
        clause: PROTECT,
        needs: JUDGING,
        given: "creation options that demand the credential to be protected by user verification",
        plants: "no credProtect, where it was demanded",
        ask: protect,
        good: |forge| output(forge, "credProtect", 3),
        change: |forge| RegistrationForge { extensions: None, ..forge },
        codes: &["cred_protect_level"],
        demands: PROTECTED,
        twin: "registration/extensions/cred-protect-as-demanded",
    },
    Row {
        id: "registration/extensions/min-pin-length-as-wanted",
        clause: PIN,
        needs: POLICY,
        given: "creation options under a policy that wants PINs of six characters",
        plants: "minPinLength is 6",
        ask: |request| request.requirements = Some(json!({ "min_pin_length": 6 })),
        good: |forge| output(forge, "minPinLength", 6),
        change: |forge| forge,
        codes: &[],
        demands: "A PIN as long as the policy wants it is good.",
        twin: "registration/accepted/none",
    },
    Row {
        id: "registration/extensions/min-pin-length-short",
        clause: PIN,
        needs: POLICY,
        given: "creation options under a policy that wants PINs of six characters",
        plants: "minPinLength is 4",
        ask: |request| request.requirements = Some(json!({ "min_pin_length": 6 })),
        good: |forge| output(forge, "minPinLength", 6),
        change: |forge| output(forge, "minPinLength", 4),
        codes: &["min_pin_length"],
        demands: LONG_PINS,
        twin: "registration/extensions/min-pin-length-as-wanted",
    },
    Row {
        id: "registration/extensions/min-pin-length-unsaid",
        clause: PIN,
        needs: POLICY,
        given: "creation options under a policy that wants PINs of six characters",
        plants: "no minPinLength",
        ask: |request| request.requirements = Some(json!({ "min_pin_length": 6 })),
        good: |forge| output(forge, "minPinLength", 6),
        change: |forge| RegistrationForge { extensions: None, ..forge },
        codes: &["min_pin_length"],
        demands: LONG_PINS,
        twin: "registration/extensions/min-pin-length-as-wanted",
    },
    Row {
        id: "registration/extensions/prf-disabled",
        clause: "WebAuthn L3 10.1.4",
        needs: JUDGING,
        given: "creation options that ask for prf",
        plants: "prf is there, and not enabled",
        ask: |request| request.extensions = results("prf", json!({})),
        good: |forge| RegistrationForge {
            client_extension_results: results("prf", json!({ "enabled": false })),
            ..forge
        },
        change: |forge| forge,
        codes: &[],
        demands: "That an authenticator has no pseudo-random function is no reason to refuse it.",
        twin: "registration/accepted/none",
    },
    Row {
        id: "registration/extensions/prf-does-not-say",
        clause: "WebAuthn L3 10.1.4",
        needs: JUDGING,
        given: "creation options that ask for prf",
        plants: "an output of prf that does not say whether it is enabled",
        ask: |request| request.extensions = results("prf", json!({})),
        good: |forge| RegistrationForge {
            client_extension_results: results("prf", json!({ "enabled": false })),
            ..forge
        },
        change: |forge| RegistrationForge { client_extension_results: results("prf", json!({})), ..forge },
        codes: &["prf_output"],
        demands: "In a registration the output of prf always says whether it is enabled.",
        twin: "registration/extensions/prf-disabled",
    },
    Row {
        id: "registration/extensions/large-blob-unsupported",
        clause: "WebAuthn L3 10.1.5",
        needs: JUDGING,
        given: "creation options that require support for a large blob",
        plants: "no support, where it was required",
        ask: |request| request.extensions = results("largeBlob", json!({ "support": "required" })),
        good: |forge| supporting(forge, true),
        change: |forge| supporting(forge, false),
        codes: &["large_blob_output"],
        demands: "Where support was required, clients pass over authenticators without.",
        twin: "registration/accepted/none",
    },
    Row {
        id: "registration/conditional/nobody-present",
        clause: "WebAuthn L3 7.1 step 15",
        needs: CONDITIONAL,
        given: "creation options for a conditional creation",
        plants: "UP and UV are clear, after a conditional creation",
        ask: |request| request.mediation = Some(String::from("conditional")),
        good: |forge| forge.edited(AuthenticatorDataEdit::NobodyThere),
        change: |forge| forge,
        codes: &[],
        demands: "In a conditional creation nobody need be present.",
        twin: "registration/accepted/none",
    },
    Row {
        id: "registration/conditional/verification-required",
        clause: "WebAuthn L3 7.1 steps 15 and 16",
        needs: CONDITIONAL,
        given: "creation options for a conditional creation that require user verification",
        plants: "UP and UV are clear, where verification was required",
        ask: |request| {
            request.mediation = Some(String::from("conditional"));
            request.user_verification = Some(String::from("required"));
        },
        good: |forge| forge,
        change: |forge| forge.edited(AuthenticatorDataEdit::NobodyThere),
        codes: &["user_not_verified"],
        demands: "A conditional creation makes presence optional, and not the verification that was required.",
        twin: "registration/conditional/nobody-present",
    },
];

fn protect(request: &mut RegistrationRequest) {
    request.extensions = results("credentialProtectionPolicy", json!("userVerificationRequired"));
    request.extensions.insert(String::from("enforceCredentialProtectionPolicy"), json!(true));
}

fn output(forge: RegistrationForge, id: &str, value: u64) -> RegistrationForge {
    let mut outputs = Cbor::default();
    outputs.push(id, value);
    RegistrationForge { extensions: Some(outputs), ..forge }
}

fn supporting(forge: RegistrationForge, supported: bool) -> RegistrationForge {
    RegistrationForge { client_extension_results: results("largeBlob", json!({ "supported": supported })), ..forge }
}

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    ROWS.iter().map(|row| (Basis::Normative, row.case())).collect()
}

impl Row {
    fn case(&'static self) -> Case<World> {
        let case =
            Case::new(self.id, title(self.plants), self.clause, Level::Must, |world, context| self.run(world, context));
        case.needs(self.needs.iter().copied())
            .given(format!("a new user, and {}", self.given))
            .sends(format!("a registration without attestation: {}", self.plants))
            .expects(self.demands)
            .claims(self.codes.first().copied())
            .twin(self.twin)
    }

    fn run(&self, world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
        let mut request = registration_request(world, context, Base::None);
        (self.ask)(&mut request);
        let offer = begin_registration(world, context, &request)?;
        let good = (self.good)(registration_forge(world, Base::None, &offer));
        let forge = (self.change)(good.clone());
        let words = title(self.plants) + ".";
        let edit = Some((words.as_str(), &good)).filter(|_| !self.codes.is_empty());
        let sending = Sending { label: "register", role: Role::Probe, forge: &forge, edit };
        let (answer, _) = send_registration(world, context, &sending, &offer.options.user.id)?;
        if self.codes.is_empty() {
            return judge::accepted(&answer);
        }
        let pass = judge::refused(world, &answer, self.codes)?;
        let offer = begin_registration(world, context, &request)?;
        let good = (self.good)(registration_forge(world, Base::None, &offer));
        let sending = Sending::twin("register the good twin", &good);
        let (twin, _) = send_registration(world, context, &sending, &offer.options.user.id)?;
        judge::with_twin(pass, &twin)
    }
}
