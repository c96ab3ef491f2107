//! Authentication cases.

mod accepted;
mod algorithms;
mod counter;
mod signature;
mod user;

use assay_mint::assertion::AssertionForge;
use assay_mint::credential::Credential;
use assay_mint::keys::SigningKey;
use assay_mint::registration::RegistrationForge;

use super::algorithm::Algorithm;
use super::base::Base;
use super::basis::Basis;
use super::ceremony::{
    Sending, assertion_forge, authentication_request, begin_authentication, register, send_authentication,
};
use super::judge;
use super::rule::{Ask, Change, Rule, describe, need, title};
use super::shared::SHARED;
use super::world::World;
use crate::case::Case;
use crate::context::Context;
use crate::evidence::Role;
use crate::target::AuthenticationRequest;
use crate::verdict::{Pass, Stop};

/// The credential that a case authenticates with, and how it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Start {
    /// An ES256 credential that does not count before its first use; the user is named.
    Es256,
    /// An Ed25519 credential.
    Ed25519,
    /// An RSA credential.
    Rs256,
    /// A credential for another algorithm, if it is offered.
    Of(&'static Algorithm),
    /// A credential that is at 7 already.
    Counting,
    /// A credential that may be backed up.
    Eligible,
    /// A U2F credential.
    FidoU2f,
    /// Nobody is named: whoever answers is asked.
    Usernameless,
}

/// Every authentication case.
pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let mut cases = accepted::cases();
    cases.extend(SHARED.iter().flat_map(|table| table.iter()).flat_map(|rule| rule.authentications(Start::Es256)));
    cases.extend(signature::cases());
    cases.extend(algorithms::cases());
    cases.extend(counter::cases());
    cases.extend(user::cases());
    cases
}

impl Start {
    pub(super) fn twin(self) -> &'static str {
        match self {
            Self::Es256 => "authentication/accepted/es256",
            Self::Ed25519 => "authentication/accepted/ed25519",
            Self::Rs256 => "authentication/accepted/rs256",
            Self::Of(algorithm) => algorithm.authentication(),
            Self::Counting => "authentication/accepted/counting",
            Self::Eligible => "authentication/accepted/backup-eligible",
            Self::FidoU2f => "authentication/accepted/fido-u2f",
            Self::Usernameless => "authentication/accepted/usernameless",
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Es256 => "an authentication with an ES256 credential",
            Self::Ed25519 => "an authentication with an Ed25519 credential",
            Self::Rs256 => "an authentication with an RSA credential",
            Self::Of(algorithm) => algorithm.authentication_words(),
            Self::Counting => "an authentication with a credential that counts",
            Self::Eligible => "an authentication with a credential that may be backed up",
            Self::FidoU2f => "an authentication with a U2F credential",
            Self::Usernameless => "an authentication without a user name",
        }
    }

    fn base(self) -> Base {
        if self == Self::FidoU2f { Base::FidoU2f } else { Base::None }
    }

    /// Makes the registration that brings the credential about.
    fn prepare(self, forge: &mut RegistrationForge) {
        match self {
            Self::Es256 | Self::FidoU2f | Self::Usernameless => {}
            Self::Counting => forge.sign_count = 7,
            Self::Eligible => forge.flags |= 0x08,
            Self::Ed25519 => {
                if let Ok(key) = SigningKey::ed25519(&forge.seed.derive("ed25519")) {
                    forge.credential_key = key;
                }
            }
            Self::Of(algorithm) => {
                // A key that cannot be made leaves the good one in place, and the case fails loudly.
                if let Ok(made) = forge.clone().of_algorithm(algorithm.number) {
                    *forge = made;
                }
            }
            Self::Rs256 => {
                if let Ok(key) = SigningKey::rs256() {
                    forge.credential_key = key;
                }
            }
        }
    }

    /// Registers the credential, and says how to ask for an authentication with it.
    pub(super) fn begin(
        self,
        world: &mut World,
        context: &mut Context,
    ) -> Result<(AuthenticationRequest, Credential), Stop> {
        let (registered, credential) = register(world, context, self.base(), |forge| self.prepare(forge))?;
        let mut request = authentication_request(&registered.username);
        if self == Self::Usernameless {
            request.username = None;
        }
        Ok((request, credential))
    }
}

/// The case of one change of a good authentication.
pub(super) fn case(start: Start, rule: &Rule, change: &Change<AssertionForge>) -> (Basis, Case<World>) {
    let id = format!("authentication/{}/{}", rule.section, change.name);
    let (rule_of_run, change_of_run) = (*rule, change.clone());
    let case = Case::new(id, title(&change.plants), rule.authentication, rule.level, move |world, context| {
        run(world, context, start, &rule_of_run, &change_of_run)
    });
    let given = match rule.ask {
        Ask::UserVerification("required") => {
            "a user with one credential, and request options that require user verification"
        }
        Ask::UserVerification(_) => {
            "a user with one credential, and request options that do not require user verification"
        }
        Ask::Nothing => "a user with one credential, and request options just issued",
    };
    let sends =
        format!("{}, but: {}. All that is hashed or signed above it is made anew.", start.words(), change.plants);
    let mut case = describe(case, rule, given, sends, start.twin());
    if start == Start::Usernameless {
        case = case.needs([need::USERNAMELESS]);
    }
    if start.base().is_attested() {
        case = case.needs([need::LAB_ANCHORS]);
    }
    (rule.basis, case)
}

fn run(
    world: &mut World,
    context: &mut Context,
    start: Start,
    rule: &Rule,
    change: &Change<AssertionForge>,
) -> Result<Pass, Stop> {
    let (mut request, credential) = start.begin(world, context)?;
    if let Ask::UserVerification(wanted) = rule.ask {
        request.user_verification = Some(wanted.to_owned());
    }
    ask(world, context, &request, &credential, rule.codes, change)
}

/// Asks for options, sends the changed authentication, judges the answer; then the good twin.
pub(super) fn ask(
    world: &mut World,
    context: &mut Context,
    request: &AuthenticationRequest,
    credential: &Credential,
    codes: &[&str],
    change: &Change<AssertionForge>,
) -> Result<Pass, Stop> {
    let offer = begin_authentication(world, context, request)?;
    let good = assertion_forge(world, credential, &offer);
    let forge = (change.make)(good.clone());
    let words = title(&change.plants) + ".";
    let sending = Sending {
        label: if codes.is_empty() { "authenticate, unusual but right" } else { "authenticate, wrong in one place" },
        role: Role::Probe,
        forge: &forge,
        edit: Some((&words, &good)),
    };
    let (answer, _) = send_authentication(world, context, &sending)?;
    if codes.is_empty() {
        return judge::accepted(&answer);
    }
    let pass = judge::refused(world, &answer, codes)?;
    // The refused one must not have moved the counter; whether it has is asked elsewhere.
    let mut credential = credential.clone();
    credential.sign_count = credential.sign_count.saturating_add(1);
    let offer = begin_authentication(world, context, request)?;
    let good = assertion_forge(world, &credential, &offer);
    let (twin, _) = send_authentication(world, context, &Sending::twin("authenticate with the good twin", &good))?;
    judge::with_twin(pass, &twin)
}
