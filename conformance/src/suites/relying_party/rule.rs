//! Rows of the suite's tables, and the cases that they make.

use std::sync::Arc;

use assay_mint::assertion::AssertionForge;
use assay_mint::edits::Edit;
use assay_mint::registration::RegistrationForge;

use super::algorithm::Good;
use super::authentication::{self, Start};
use super::basis::Basis;
use super::registration;
use super::world::World;
use crate::case::{Case, Level};

/// What the text demands of some edits, whatever the ceremony.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// The part of the message that is edited: the middle of the case's id.
    pub(super) section: &'static str,
    /// The clause for registrations; empty where the rule has none.
    pub(super) registration: &'static str,
    /// The clause for authentications; empty where the rule has none.
    pub(super) authentication: &'static str,
    pub(super) basis: Basis,
    pub(super) level: Level,
    /// The codes that a refusal may have, the claimed one first; none: the edit must be accepted.
    pub(super) codes: &'static [&'static str],
    /// What the text demands, in our own words.
    pub(super) demands: &'static str,
    pub(super) edits: &'static [Edit],
    pub(super) needs: &'static [&'static str],
    pub(super) ask: Ask,
}

/// What is asked of the server with the options, beyond what the base needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// Nothing.
    Nothing,
    /// `userVerification` is this.
    UserVerification(&'static str),
}

impl Rule {
    /// What must be refused because the text says so.
    pub(super) const fn refuse(section: &'static str, codes: &'static [&'static str], edits: &'static [Edit]) -> Self {
        Self {
            section,
            registration: "",
            authentication: "",
            basis: Basis::Normative,
            level: Level::Must,
            codes,
            demands: "",
            edits,
            needs: &[],
            ask: Ask::Nothing,
        }
    }

    /// What must be accepted because the text says so.
    pub(super) const fn accept(section: &'static str, edits: &'static [Edit]) -> Self {
        Self::refuse(section, &[], edits)
    }

    /// The clause for registrations, and the one for authentications.
    pub(super) const fn both(self, registration: &'static str, authentication: &'static str) -> Self {
        Self { registration, authentication, ..self }
    }

    /// Registrations alone, by this clause.
    pub(super) const fn registration(self, clause: &'static str) -> Self {
        Self { registration: clause, ..self }
    }

    /// Authentications alone, by this clause.
    pub(super) const fn authentication(self, clause: &'static str) -> Self {
        Self { authentication: clause, ..self }
    }

    pub(super) const fn demands(self, demands: &'static str) -> Self {
        Self { demands, ..self }
    }

    /// Hardening: no more than advisable.
    pub(super) const fn hardening(self) -> Self {
        Self { basis: Basis::Hardening, level: Level::Should, ..self }
    }

    /// Pure syntax, which the W3C's text leaves to whoever defines the transport.
    pub(super) const fn syntax(self) -> Self {
        Self { basis: Basis::Syntax, ..self }
    }

    pub(super) const fn basis(self, basis: Basis) -> Self {
        Self { basis, ..self }
    }

    pub(super) const fn should(self) -> Self {
        Self { level: Level::Should, ..self }
    }

    pub(super) const fn needs(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    pub(super) const fn ask(self, ask: Ask) -> Self {
        Self { ask, ..self }
    }

    /// The cases of this rule for registrations that start from `base`.
    pub(super) fn registrations(self, good: impl Into<Good>) -> Vec<(Basis, Case<World>)> {
        if self.registration.is_empty() {
            return Vec::new();
        }
        let good = good.into();
        self.edits.iter().map(|edit| registration::case(good, &self, &self.change(*edit))).collect()
    }

    /// The cases of this rule for authentications that start from `start`.
    pub(super) fn authentications(self, start: Start) -> Vec<(Basis, Case<World>)> {
        if self.authentication.is_empty() {
            return Vec::new();
        }
        self.edits.iter().map(|edit| authentication::case(start, &self, &self.change(*edit))).collect()
    }

    /// The change that one of its edits makes.
    pub(super) fn change<F: Editable>(&self, edit: Edit) -> Change<F> {
        let slug = edit.slug();
        Change {
            name: slug.strip_prefix(self.section).and_then(|rest| rest.strip_prefix('-')).unwrap_or(slug).to_owned(),
            plants: edit.info().plants.replace('`', ""),
            make: Arc::new(move |forge: F| forge.with(edit)),
        }
    }

    /// The codes that a case of this rule proves: the one that the lab's own server gives.
    pub(super) fn claims(&self) -> impl Iterator<Item = &'static str> {
        self.codes.first().copied().into_iter()
    }
}

/// One change of a good ceremony.
#[derive(Clone)]
pub(super) struct Change<F> {
    /// The last part of the case's id.
    pub(super) name: String,
    /// What it makes wrong or unusual.
    pub(super) plants: String,
    /// Makes it.
    pub(super) make: Arc<dyn Fn(F) -> F + Send + Sync>,
}

impl<F> Change<F> {
    /// A change that is no edit of the lab's, such as another key.
    pub(super) fn new(name: &str, plants: &str, make: impl Fn(F) -> F + Send + Sync + 'static) -> Self {
        Self { name: name.to_owned(), plants: plants.to_owned(), make: Arc::new(make) }
    }
}

/// What edits can be made of.
pub(super) trait Editable: 'static {
    /// The same with one edit more.
    fn with(self, edit: Edit) -> Self;
}

impl Editable for RegistrationForge {
    fn with(self, edit: Edit) -> Self {
        self.edited(edit)
    }
}

impl Editable for AssertionForge {
    fn with(self, edit: Edit) -> Self {
        self.edited(edit)
    }
}

/// Puts what a rule says into the header.
pub(super) fn describe(case: Case<World>, rule: &Rule, given: &str, sends: String, twin: &str) -> Case<World> {
    let case =
        case.given(given).sends(sends).expects(rule.demands).claims(rule.claims()).needs(rule.needs.iter().copied());
    // A twin of itself is none.
    if case.header.id == twin { case } else { case.twin(twin) }
}

/// The first letter in upper case, for a title.
pub(super) fn title(plants: &str) -> String {
    let mut letters = plants.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Features that cases need.
pub(super) mod need {
    /// The server trusts the lab's attestation roots.
    pub(in crate::suites::relying_party) const LAB_ANCHORS: &str = "lab-anchors";
    /// The server holds registrations against the lab's metadata.
    pub(in crate::suites::relying_party) const LAB_METADATA: &str = "lab-metadata";
    /// The server honours requirements that come with a request for options.
    pub(in crate::suites::relying_party) const REQUIREMENTS: &str = "requirements";
    /// We may ask for less than the server demands of everybody.
    pub(in crate::suites::relying_party) const LOOSENING: &str = "loosening";
    /// The server gives request options without a user name.
    pub(in crate::suites::relying_party) const USERNAMELESS: &str = "usernameless";
    /// The server speaks FIDO's contract, in which some members may be absent.
    pub(in crate::suites::relying_party) const FIDO_REST: &str = "fido-rest";
    /// The server takes the JSON forms of WebAuthn, in which they may not.
    pub(in crate::suites::relying_party) const WEBAUTHN_JSON: &str = "webauthn-json";
    /// The server verifies the attestation statement format `tpm`.
    pub(in crate::suites::relying_party) const FORMAT_TPM: &str = "format-tpm";
    /// The server verifies the format `android-key`.
    pub(in crate::suites::relying_party) const FORMAT_ANDROID_KEY: &str = "format-android-key";
    /// The server verifies the format `android-safetynet`.
    pub(in crate::suites::relying_party) const FORMAT_ANDROID_SAFETYNET: &str = "format-android-safetynet";
    /// The server refuses the format `android-safetynet`, whatever is in it.
    pub(in crate::suites::relying_party) const REFUSES_ANDROID_SAFETYNET: &str = "refuses-android-safetynet";
    /// The server verifies the format `apple`.
    pub(in crate::suites::relying_party) const FORMAT_APPLE: &str = "format-apple";
    /// The server verifies the format `compound`, and demands that every part holds.
    pub(in crate::suites::relying_party) const FORMAT_COMPOUND: &str = "format-compound";
    /// The server judges extension outputs, which it need not.
    pub(in crate::suites::relying_party) const JUDGES_EXTENSIONS: &str = "judges-extensions";
    /// The server begins conditional creations.
    pub(in crate::suites::relying_party) const CONDITIONAL_CREATE: &str = "conditional-create";
    /// The server has payments confirmed.
    pub(in crate::suites::relying_party) const PAYMENT: &str = "payment";
    /// The server passes the extension `appid` on and judges by it.
    pub(in crate::suites::relying_party) const APPID: &str = "appid";
    /// The server passes hints and attestation formats on.
    pub(in crate::suites::relying_party) const HINTS: &str = "hints";
    /// The server lists related origins.
    pub(in crate::suites::relying_party) const RELATED_ORIGINS: &str = "related-origins";
}
