//! The authenticator: request bytes in, reply bytes out.

#[cfg(test)]
mod tests;

use std::time::Duration;

use assay_mint::error::Error;
use assay_protocol::ctap2::{Command, CommandError, Status, reply};
use assay_protocol::pin_uv::{KeyAgreement, Protocol};

use crate::config::KeyConfig;
use crate::credential::{Found, Vault};
use crate::defect::{self, Defect};
use crate::env::{Env, Rng, StoreError};
use crate::get_assertion::Remembered;
use crate::operation::Operation;
use crate::state::State;
use crate::token::PinUvAuthToken;

/// A virtual authenticator with power.
pub struct Authenticator {
    pub(crate) config: KeyConfig,
    pub(crate) env: Env,
    pub(crate) state: State,
    pub(crate) vault: Vault,
    pub(crate) session: Session,
}

/// What an authenticator forgets without power.
pub(crate) struct Session {
    pub(crate) powered_at: Duration,
    pub(crate) agreements: Vec<(Protocol, KeyAgreement)>,
    pub(crate) tokens: Vec<PinUvAuthToken>,
    /// Wrong PINs one after the other.
    pub(crate) mismatches: u8,
    pub(crate) remembered: Option<Remembered>,
    /// RP IDs that it has served: what a key needs that confuses them, and no other.
    pub(crate) served: Vec<String>,
}

impl Authenticator {
    /// Powers one up with what its store has, or as new.
    pub fn new(config: KeyConfig, mut env: Env) -> Result<Self, StoreError> {
        let state = match env.store.load()? {
            Some(state) => state,
            None => {
                let fresh = State::fresh(env.rng.as_mut(), config.pin.max_retries);
                env.store.save(&fresh)?;
                fresh
            }
        };
        let session = Session::new(&config, &mut env);
        Ok(Self { vault: Vault::new(&state.secret), config, env, state, session })
    }

    /// Takes the power away and gives it back.
    pub fn power_cycle(&mut self) {
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
        let command = match Command::parse(&request) {
            Err(error) if error.status == Status::INVALID_COMMAND && self.has(Defect::UnknownCommand) => {
                return Ok(Vec::new());
            }
            command => command,
        };
        // §6: no other command may come between the assertions of one request.
        let remembered = self.session.remembered.take();
        let command = command?;
        let byte = command.byte();
        let body = match command {
            Command::MakeCredential(request) => self.make_credential(&request, operation),
            Command::GetAssertion(request) => self.get_assertion(&request, operation),
            Command::GetNextAssertion => self.get_next_assertion(remembered),
            Command::GetInfo => {
                self.session.remembered = remembered.filter(|_| self.has(Defect::NextState)).map(Remembered::blurred);
                Ok(self.get_info().to_cbor())
            }
            Command::ClientPin(request) => self.client_pin(&request).map(|response| response.to_cbor()),
            Command::Reset => self.reset(operation),
            Command::Selection => self.selection(operation),
        }?;
        Ok(defect::reply::spoil(&self.config.defects, self.env.rng.as_mut(), byte, body))
    }

    /// Has it this defect?
    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.config.has(defect)
    }

    /// Makes the state safe.
    pub(crate) fn save(&mut self) -> Result<(), CommandError> {
        self.env.store.save(&self.state).map_err(|error| CommandError::new(Status::OTHER, error.to_string()))
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
        let kept = self.state.credentials.iter_mut().find(|kept| kept.id.0 == credential.id);
        let counter = match (self.config.counter, kept) {
            (Counter::PerCredential, Some(kept)) => &mut kept.sign_count,
            _ => &mut self.state.sign_count,
        };
        *counter = counter.wrapping_add(1);
        let count = *counter;
        self.save()?;
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
            mismatches: 0,
            remembered: None,
            served: Vec::new(),
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
