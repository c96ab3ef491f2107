//! Authentications: outputs held against what was asked (WebAuthn L3 7.2 steps 15 and 23; 10.1).

use assay_mint::assertion::AssertionForge;
use assay_mint::edits::ExtensionsEdit;
use assay_protocol::base64url;
use serde_json::{Value, json};

use super::results;
use crate::case::{Case, Level};
use crate::context::Context;
use crate::evidence::Role;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::ceremony::{
    Sending, assertion_forge, authentication_request, begin_authentication, register, send_authentication,
};
use crate::suites::relying_party::judge;
use crate::suites::relying_party::rule::{need, title};
use crate::suites::relying_party::world::World;
use crate::target::AuthenticationRequest;
use crate::verdict::{Pass, Stop};

/// One thing that is asked, answered rightly and wrongly.
pub(super) struct Row {
    pub(super) id: &'static str,
    pub(super) clause: &'static str,
    pub(super) needs: &'static [&'static str],
    pub(super) given: &'static str,
    pub(super) plants: &'static str,
    pub(super) ask: fn(&mut AuthenticationRequest),
    pub(super) good: fn(AssertionForge) -> AssertionForge,
    pub(super) change: fn(AssertionForge) -> AssertionForge,
    pub(super) codes: &'static [&'static str],
    pub(super) demands: &'static str,
    pub(super) twin: &'static str,
}

const JUDGING: &[&str] = &[need::JUDGES_EXTENSIONS];
const APPID: &[&str] = &[need::APPID];
const PRF: &str = "WebAuthn L3 10.1.4; 7.2 step 23";
const BLOB: &str = "WebAuthn L3 10.1.5; 7.2 step 23";
const APP_ID: &str = "https://legacy.assay.test/u2f-app-id.json";

const ROWS: &[Row] = &[
    Row {
        id: "authentication/extensions/unsolicited-where-none-are-wanted",
        clause: "WebAuthn L3 7.2 step 23",
        needs: &[need::REQUIREMENTS, need::JUDGES_EXTENSIONS],
        given: "request options that ask for no extension, and a policy that wants no outputs then",
        plants: "an authenticator's output that nobody asked for",
        ask: |request| request.requirements = Some(json!({ "unsolicited_extensions": "refuse" })),
        good: |forge| forge,
        change: |forge| forge.edited(ExtensionsEdit::Unsolicited),
        codes: &["extension_unsolicited"],
        demands: "Whoever wants no outputs that were not asked for gets none.",
        twin: "authentication/accepted/es256",
    },
    Row {
        id: "authentication/extensions/prf-one-result",
        clause: PRF,
        needs: JUDGING,
        given: "request options that ask for prf of one value",
        plants: "one result of 32 bytes",
        ask: one_value,
        good: |forge| with_prf(forge, json!({ "results": { "first": result(32) } })),
        change: |forge| forge,
        codes: &[],
        demands: "One result for one value is good.",
        twin: "authentication/accepted/es256",
    },
    Row {
        id: "authentication/extensions/prf-second-unasked",
        clause: PRF,
        needs: JUDGING,
        given: "request options that ask for prf of one value",
        plants: "a second result, where one value was given",
        ask: one_value,
        good: |forge| with_prf(forge, json!({ "results": { "first": result(32) } })),
        change: |forge| with_prf(forge, json!({ "results": { "first": result(32), "second": result(32) } })),
        codes: &["prf_output"],
        demands: "There is a second result where, and only where, there was a second value.",
        twin: "authentication/extensions/prf-one-result",
    },
    Row {
        id: "authentication/extensions/prf-short",
        clause: PRF,
        needs: JUDGING,
        given: "request options that ask for prf of one value",
        plants: "a result of 16 bytes",
        ask: one_value,
        good: |forge| with_prf(forge, json!({ "results": { "first": result(32) } })),
        change: |forge| with_prf(forge, json!({ "results": { "first": result(16) } })),
        codes: &["prf_output"],
        demands: "A result has 32 bytes.",
        twin: "authentication/extensions/prf-one-result",
    },
    Row {
        id: "authentication/extensions/prf-enabled",
        clause: PRF,
        needs: JUDGING,
        given: "request options that ask for prf of one value",
        plants: "enabled, which is for registrations",
        ask: one_value,
        good: |forge| with_prf(forge, json!({ "results": { "first": result(32) } })),
        change: |forge| with_prf(forge, json!({ "enabled": true, "results": { "first": result(32) } })),
        codes: &["prf_output"],
        demands: "Whether prf is enabled is said in registrations, and never again.",
        twin: "authentication/extensions/prf-one-result",
    },
    Row {
        id: "authentication/extensions/large-blob-read",
        clause: BLOB,
        needs: JUDGING,
        given: "request options that ask for the large blob to be read",
        plants: "the blob that was read",
        ask: |request| request.extensions = results("largeBlob", json!({ "read": true })),
        good: |forge| with_blob(forge, json!({ "blob": "AQID" })),
        change: |forge| forge,
        codes: &[],
        demands: "A blob that was asked for is good.",
        twin: "authentication/accepted/es256",
    },
    Row {
        id: "authentication/extensions/large-blob-written-unasked",
        clause: BLOB,
        needs: JUDGING,
        given: "request options that ask for the large blob to be read",
        plants: "a blob that was written, where one was to be read",
        ask: |request| request.extensions = results("largeBlob", json!({ "read": true })),
        good: |forge| with_blob(forge, json!({ "blob": "AQID" })),
        change: |forge| with_blob(forge, json!({ "written": true })),
        codes: &["large_blob_output"],
        demands: "What was done is what was asked for.",
        twin: "authentication/extensions/large-blob-read",
    },
    Row {
        id: "authentication/extensions/appid-used",
        clause: "WebAuthn L3 10.1.1; 7.2 step 15",
        needs: APPID,
        given: "request options that allow a U2F AppID in the stead of the RP ID",
        plants: "the hash of the AppID, and the output that says so",
        ask: |request| request.extensions = results("appid", json!(APP_ID)),
        good: |forge| with_app_id(forge, Some(true)),
        change: |forge| forge,
        codes: &[],
        demands: "Where the AppID was asked for and used, its hash stands in the place of the RP ID's.",
        twin: "authentication/accepted/es256",
    },
    Row {
        id: "authentication/extensions/appid-denied",
        clause: "WebAuthn L3 10.1.1; 7.2 step 15",
        needs: APPID,
        given: "request options that allow a U2F AppID in the stead of the RP ID",
        plants: "the hash of the AppID, and an output that denies it",
        ask: |request| request.extensions = results("appid", json!(APP_ID)),
        good: |forge| with_app_id(forge, Some(true)),
        change: |forge| with_app_id(forge, Some(false)),
        codes: &["rp_id_hash_mismatch"],
        demands: "The AppID counts only where the client says that it was used.",
        twin: "authentication/extensions/appid-used",
    },
    Row {
        id: "authentication/extensions/appid-unsaid",
        clause: "WebAuthn L3 10.1.1; 7.2 step 15",
        needs: APPID,
        given: "request options that allow a U2F AppID in the stead of the RP ID",
        plants: "the hash of the AppID, and no output",
        ask: |request| request.extensions = results("appid", json!(APP_ID)),
        good: |forge| with_app_id(forge, Some(true)),
        change: |forge| with_app_id(forge, None),
        codes: &["rp_id_hash_mismatch"],
        demands: "The AppID counts only where the client says that it was used.",
        twin: "authentication/extensions/appid-used",
    },
];

fn one_value(request: &mut AuthenticationRequest) {
    request.extensions = results("prf", json!({ "eval": { "first": "AQ" } }));
}

fn result(length: usize) -> String {
    base64url::encode(&vec![7; length])
}

fn with_prf(forge: AssertionForge, output: Value) -> AssertionForge {
    AssertionForge { client_extension_results: results("prf", output), ..forge }
}

fn with_blob(forge: AssertionForge, output: Value) -> AssertionForge {
    AssertionForge { client_extension_results: results("largeBlob", output), ..forge }
}

fn with_app_id(forge: AssertionForge, output: Option<bool>) -> AssertionForge {
    let client_extension_results = output.map(|used| results("appid", json!(used))).unwrap_or_default();
    AssertionForge { rp_id: APP_ID.to_owned(), client_extension_results, ..forge }
}

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    ROWS.iter().map(|row| (Basis::Normative, row.case())).collect()
}

impl Row {
    pub(super) fn case(&'static self) -> Case<World> {
        let case =
            Case::new(self.id, title(self.plants), self.clause, Level::Must, |world, context| self.run(world, context));
        let case = case
            .needs(self.needs.iter().copied())
            .given(format!("a user with one credential, and {}", self.given))
            .sends(format!("an authentication: {}", self.plants))
            .expects(self.demands)
            .claims(self.codes.first().copied());
        case.twin(self.twin)
    }

    fn run(&self, world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
        let (registered, mut credential) = register(world, context, Base::None, |_| {})?;
        let mut request = authentication_request(&registered.username);
        (self.ask)(&mut request);
        let offer = begin_authentication(world, context, &request)?;
        let good = (self.good)(assertion_forge(world, &credential, &offer));
        let forge = (self.change)(good.clone());
        let words = title(self.plants) + ".";
        let edit = Some((words.as_str(), &good)).filter(|_| !self.codes.is_empty());
        let sending = Sending { label: "authenticate", role: Role::Probe, forge: &forge, edit };
        let (answer, _) = send_authentication(world, context, &sending)?;
        if self.codes.is_empty() {
            return judge::accepted(&answer);
        }
        let pass = judge::refused(world, &answer, self.codes)?;
        credential.sign_count = credential.sign_count.saturating_add(1);
        let offer = begin_authentication(world, context, &request)?;
        let good = (self.good)(assertion_forge(world, &credential, &offer));
        let (twin, _) = send_authentication(world, context, &Sending::twin("authenticate as asked", &good))?;
        judge::with_twin(pass, &twin)
    }
}
