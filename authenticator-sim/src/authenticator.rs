//! The authenticator: request bytes in, reply bytes out.

#[cfg(test)]
mod tests;

use std::time::Duration;

use assay_mint::error::Error;
use assay_protocol::ctap2::{Command, CommandError, Status, command, reply};
use assay_protocol::pin_uv::{KeyAgreement, Protocol};

use crate::bio_enrollment::Enrollment;
use crate::config::KeyConfig;
use crate::credential::{Found, Prepared, Vault};
use crate::credential_management::Enumeration;
use crate::defect::{self, Defect};
use crate::env::{Env, Rng, StoreError};
use crate::get_assertion::Remembered;
use crate::large_blobs::Writing;
use crate::operation::Operation;
use crate::state::{Change, Secret, State};
use crate::token::PinUvAuthToken;
use crate::u2f::presence::Asked;
use crate::user_verification::CLIENT_PIN;

/// A virtual authenticator with power.
pub struct Authenticator {
    pub(crate) config: KeyConfig,
    pub(crate) env: Env,
    pub(crate) state: State,
    pub(crate) vault: Vault,
    pub(crate) prepared: Prepared,
    pub(crate) session: Session,
}

/// What an authenticator forgets without power.
pub(crate) struct Session {
    pub(crate) powered_at: Duration,
    pub(crate) agreements: Vec<(Protocol, KeyAgreement)>,
    pub(crate) tokens: Vec<PinUvAuthToken>,
    /// How the user was verified who has the last token.
    pub(crate) token_method: u64,
    /// Wrong PINs one after the other.
    pub(crate) mismatches: u8,
    /// What the next command may go on with.
    pub(crate) continuation: Option<Continuation>,
    /// A finger that is half enrolled.
    pub(crate) enrollment: Option<Enrollment>,
    /// RP IDs that it has served: what a key needs that confuses them, and no other.
    pub(crate) served: Vec<String>,
    /// What CTAP1 has asked whoever is there.
    pub(crate) asked: Option<Asked>,
}

/// Something that takes several commands, none other between them (CTAP 2.3 6).
pub(crate) enum Continuation {
    /// Assertions of several accounts.
    Assertions(Box<Remembered>),
    /// RPs or credentials that are being listed.
    Enumeration(Enumeration),
    /// A large-blob array that is being written.
    Writing(Writing),
}

impl Authenticator {
    /// Powers one up with what its store has, or as new.
    pub fn new(config: KeyConfig, mut env: Env) -> Result<Self, StoreError> {
        let uv_retries = config.uv.as_ref().map_or(0, |uv| uv.max_retries);
        let state = match env.store.load()? {
            Some(mut state) => {
                if state.complete(env.rng.as_mut()) {
                    // A state of an older form: what it did not count has not been used.
                    state.device.uv_retries = uv_retries;
                    env.store.save(&state.changes(), &state)?;
                }
                state
            }
            None => {
                let fresh = State::fresh(env.rng.as_mut(), config.pin.max_retries, uv_retries);
                env.store.save(&fresh.changes(), &fresh)?;
                fresh
            }
        };
        let session = Session::new(&config, &mut env);
        Ok(Self { vault: Vault::new(&state.device.secret), prepared: Prepared::default(), config, env, state, session })
    }

    /// Takes the power away and gives it back.
    pub fn power_cycle(&mut self) {
        self.dismiss();
        self.session = Session::new(&self.config, &mut self.env);
    }

    /// What it is.
    pub fn config(&self) -> &KeyConfig {
        &self.config
    }

    /// What it keeps.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Answers one request; both with their first byte.
    pub fn handle(&mut self, request: &[u8], operation: &Operation) -> Vec<u8> {
        reply::seal(self.dispatch(request, operation))
    }

    /// Answers one request by its body, or says why not.
    pub fn dispatch(&mut self, request: &[u8], operation: &Operation) -> Result<Vec<u8>, CommandError> {
        if request.len() > usize::from(self.config.limits.message) {
            return refuse(Status::REQUEST_TOO_LARGE, "longer than maxMsgSize");
        }
        let now = self.env.clock.now();
        for token in &mut self.session.tokens {
            token.observe(now);
        }
        let request = defect::request::read(&self.config.defects, request)?;
        let command = match request.first() {
            Some(byte) if !self.has_command(*byte) => refuse(Status::INVALID_COMMAND, "not a command of this key"),
            _ => Command::parse(&request),
        };
        let command = match command {
            Err(error) if error.status == Status::INVALID_COMMAND && self.has(Defect::UnknownCommand) => {
                return Ok(Vec::new());
            }
            command => command,
        };
        let continuation = self.session.continuation.take();
        let command = command?;
        let byte = command.byte();
        let body = match command {
            Command::MakeCredential(request) => self.make_credential(&request, operation),
            Command::GetAssertion(request) => self.get_assertion(&request, operation),
            Command::GetNextAssertion => self.get_next_assertion(continuation),
            Command::GetInfo => {
                self.session.continuation = match continuation {
                    Some(Continuation::Assertions(remembered)) if self.has(Defect::NextState) => {
                        Some(Continuation::Assertions(Box::new(remembered.blurred())))
                    }
                    Some(listing @ Continuation::Enumeration(_)) if self.has(Defect::CmTokenEnded) => Some(listing),
                    Some(Continuation::Enumeration(enumeration)) if self.has(Defect::CmState) => {
                        Some(Continuation::Enumeration(enumeration.blurred()))
                    }
                    _ => None,
                };
                Ok(self.get_info().to_cbor())
            }
            Command::ClientPin(request) => {
                if self.has(Defect::CmTokenEnded) {
                    self.session.continuation = continuation;
                }
                self.client_pin(&request, operation).map(|response| response.to_cbor())
            }
            Command::Reset => self.reset(operation),
            Command::Selection => self.selection(operation),
            Command::BioEnrollment(request) | Command::BioEnrollmentPreview(request) => {
                self.bio_enrollment(&request, operation).map(|response| response.to_cbor())
            }
            Command::CredentialManagement(request) | Command::CredentialManagementPreview(request) => {
                self.credential_management(&request, continuation).map(|response| response.to_cbor())
            }
            Command::LargeBlobs(request) => self.large_blobs(request, continuation).map(|response| response.to_cbor()),
            Command::Config(request) => self.authenticator_config(&request).map(|()| Vec::new()),
        }?;
        Ok(defect::reply::spoil(&self.config.defects, self.env.rng.as_mut(), byte, body))
    }

    /// Is this command one of its own? Those that no authenticator has are not asked about.
    fn has_command(&self, byte: u8) -> bool {
        let management = &self.config.management;
        match byte {
            _ if !self.config.ctap2 => false,
            command::BIO_ENROLLMENT => self.config.bio().is_some_and(|bio| bio.command),
            command::BIO_ENROLLMENT_PREVIEW => {
                self.config.bio().is_some_and(|bio| bio.preview) && !self.has(Defect::BioPreview)
            }
            command::CREDENTIAL_MANAGEMENT => management.credentials,
            command::CREDENTIAL_MANAGEMENT_PREVIEW => management.credentials_preview && !self.has(Defect::CmPreview),
            command::LARGE_BLOBS => management.large_blobs.is_some(),
            command::CONFIG => management.config.is_some(),
            command::SELECTION => !self.config.is_of_2_0(),
            _ => true,
        }
    }

    /// Has it this defect?
    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.config.has(defect)
    }

    /// Makes what is small safe.
    pub(crate) fn save(&mut self) -> Result<(), CommandError> {
        self.commit(vec![Change::Device(Box::new(self.state.device.clone()))])
    }

    /// Makes changes, and makes them safe.
    pub(crate) fn commit(&mut self, changes: Vec<Change>) -> Result<(), CommandError> {
        changes.iter().cloned().for_each(|change| self.state.apply(change));
        self.env.store.save(&changes, &self.state).map_err(|error| CommandError::new(Status::OTHER, error.to_string()))
    }

    /// The counter for a new credential.
    pub(crate) fn initial_count(&self) -> u32 {
        use crate::config::Counter;
        match self.config.counter {
            Counter::Global => self.state.sign_count,
            Counter::PerCredential | Counter::Zero => 0,
        }
    }

    /// Counts a signature of this credential.
    pub(crate) fn count(&mut self, credential: &Found) -> Result<u32, CommandError> {
        use crate::config::Counter;
        if self.config.counter == Counter::Zero {
            return Ok(0);
        }
        if self.has(Defect::GaCounter) {
            return Ok(1);
        }
        let kept = self.state.credentials.find(&credential.id);
        let (count, change) = match (self.config.counter, kept) {
            (Counter::PerCredential, Some(kept)) => {
                let count = kept.sign_count.wrapping_add(1);
                (count, Change::Count(Secret(credential.id.clone()), count))
            }
            _ => {
                let count = self.state.sign_count.wrapping_add(1);
                (count, Change::SignCount(count))
            }
        };
        self.commit(vec![change])?;
        Ok(count)
    }
}

impl Session {
    /// §6.5.5.1: everything about PINs that power-up initializes.
    fn new(config: &KeyConfig, env: &mut Env) -> Self {
        let protocols = &config.pin.protocols;
        Self {
            powered_at: env.clock.now(),
            agreements: protocols.iter().filter_map(|protocol| agreement(*protocol, env.rng.as_mut())).collect(),
            tokens: protocols.iter().map(|protocol| PinUvAuthToken::new(*protocol, env.rng.as_mut())).collect(),
            token_method: CLIENT_PIN,
            mismatches: 0,
            continuation: None,
            enrollment: None,
            served: Vec::new(),
            asked: None,
        }
    }

    /// A new pair for key agreement.
    pub(crate) fn regenerate(&mut self, protocol: Protocol, rng: &mut dyn Rng) {
        if let (Some(slot), Some(fresh)) =
            (self.agreements.iter_mut().find(|(known, _)| *known == protocol), agreement(protocol, rng))
        {
            *slot = fresh;
        }
    }

    /// The pair of a protocol.
    pub(crate) fn agreement(&self, protocol: Protocol) -> Option<&KeyAgreement> {
        self.agreements.iter().find(|(known, _)| *known == protocol).map(|(_, agreement)| agreement)
    }

    /// The token of a protocol.
    pub(crate) fn token(&mut self, protocol: Protocol) -> Option<&mut PinUvAuthToken> {
        self.tokens.iter_mut().find(|token| token.protocol() == protocol)
    }
}

fn agreement(protocol: Protocol, rng: &mut dyn Rng) -> Option<(Protocol, KeyAgreement)> {
    let mut secret = [0; 32];
    (0..8).find_map(|_| {
        rng.fill(&mut secret);
        KeyAgreement::from_secret(&secret).ok().map(|agreement| (protocol, agreement))
    })
}

/// A refusal.
pub(crate) fn refuse<T>(status: Status, detail: &str) -> Result<T, CommandError> {
    Err(CommandError::new(status, detail))
}

/// A failure of the cryptographic library, which the wire has no word for.
pub(crate) fn internal(error: Error) -> CommandError {
    CommandError::new(Status::OTHER, error.to_string())
}
