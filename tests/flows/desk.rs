//! A desk: a relying party, a browser and the keys in front of it.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use assay::keys::channel;
use assay::lab::Lab;
use assay_attestation::metadata::Metadata;
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::env::{Always, Env, Touch};
use assay_authenticator_sim::serve::Simulator;
use assay_client::user::{Account, PinReason, PinRequest};
use assay_client::{Client, ClientError, pin};
use assay_protocol::webauthn::{
    AuthenticationResponse, CreationOptions, Dialect, RegistrationResponse, RequestOptions, User,
};
use assay_relying_party::authentication::{self, Authentication, Held};
use assay_relying_party::registration::{self, Registration};
use assay_relying_party::{Profile, Rejection, RelyingParty, Trust};
use assay_transport::Channel;

use super::NOW;

pub(super) const RP_ID: &str = "example.org";
pub(super) const ORIGIN: &str = "https://example.org";

/// The lab, and its metadata as everybody loads them.
pub(super) fn lab() -> &'static (Lab, Metadata) {
    static LAB: OnceLock<(Lab, Metadata)> = OnceLock::new();
    LAB.get_or_init(|| {
        let lab = Lab::new([1; 32], NOW);
        (lab, lab.metadata().unwrap())
    })
}

/// A browser, the key that is plugged in, and what the relying party has stored.
pub(super) struct Desk {
    pub(super) rp: RelyingParty,
    pub(super) client: Client,
    pub(super) channel: Channel,
    simulator: Option<Simulator>,
    pub(super) stored: Vec<Stored>,
    challenges: Cell<u8>,
}

/// A credential, and whose it is.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) user_handle: Vec<u8>,
    pub(super) registration: Registration,
}

/// Why a ceremony did not succeed.
#[derive(Debug, PartialEq)]
pub(super) enum Failure {
    /// The browser gave no answer.
    Client(ClientError),
    /// The relying party did not take the answer.
    RelyingParty(Rejection),
}

impl Desk {
    /// A security key that is touched whenever it asks.
    pub(super) fn new() -> Self {
        Self::with(KeyConfig::security_key(), Touch::Given)
    }

    pub(super) fn with(config: KeyConfig, touch: Touch) -> Self {
        let env = Env { person: Box::new(Always(touch)), ..Env::seeded([2; 32]) };
        Self::at(Authenticator::new(config, env).unwrap())
    }

    /// In front of this key.
    pub(super) fn at(key: Authenticator) -> Self {
        let (channel, simulator) = plug_in(key);
        Self {
            rp: RelyingParty::new(RP_ID, "Example", vec![ORIGIN.to_owned()]),
            client: Client::new(ORIGIN, Box::new(Person::default())).unwrap(),
            channel,
            simulator: Some(simulator),
            stored: Vec::new(),
            challenges: Cell::new(0),
        }
    }

    /// The same relying party and browser, another key.
    pub(super) fn replug(&mut self, key: Authenticator) {
        let (channel, simulator) = plug_in(key);
        (self.channel, self.simulator) = (channel, Some(simulator));
    }

    /// Takes the key away.
    pub(super) fn unplug(&mut self) {
        self.simulator.take().and_then(Simulator::stop).unwrap();
    }

    /// The same key, after it had no power for a moment.
    pub(super) fn unplug_and_plug(&mut self) {
        let mut key = self.simulator.take().and_then(Simulator::stop).unwrap();
        key.power_cycle();
        self.replug(key);
    }

    /// Somebody else sits down.
    pub(super) fn seat(&mut self, person: &Person) {
        self.client.user = Box::new(person.clone());
    }

    /// Sets the key's first PIN, as an operating system's settings would.
    pub(super) fn set_pin(&mut self, new: &str) -> Result<(), ClientError> {
        let mut key = self.client.authenticator(&mut self.channel, soon());
        let info = key.get_info()?;
        pin::set_pin(&mut key, &info, new)
    }

    pub(super) fn change_pin(&mut self, old: &str, new: &str) -> Result<(), ClientError> {
        let mut key = self.client.authenticator(&mut self.channel, soon());
        let info = key.get_info()?;
        pin::change_pin(&mut key, &info, old, new)
    }

    /// A challenge that no ceremony had before.
    pub(super) fn challenge(&self) -> Vec<u8> {
        self.challenges.update(|last| last + 1);
        vec![self.challenges.get(); 32]
    }

    /// A registration of this user, every message as text on its way; what succeeds is stored.
    pub(super) fn register(&mut self, name: &str, wishes: registration::Wishes) -> Result<Registration, Failure> {
        self.register_trusting(name, wishes, &Trust::metadata(&lab().1))
    }

    /// The same before a relying party that trusts these.
    pub(super) fn register_trusting(
        &mut self,
        name: &str,
        wishes: registration::Wishes,
        trust: &Trust<'_>,
    ) -> Result<Registration, Failure> {
        let (options, pending) = registration::begin(&self.rp, user(name), self.challenge(), wishes).unwrap();
        let options = CreationOptions::from_json(options.to_json().to_string().as_bytes()).unwrap();
        let response = self.client.create(&options, &mut self.channel)?.to_json().to_string();
        let response = RegistrationResponse::from_json(response.as_bytes(), Dialect::WebAuthn).unwrap();
        let known = |id: &[u8]| self.stored.iter().any(|stored| stored.registration.record.id == id);
        let registration = registration::finish(&self.rp, &pending, &response, trust, &known, &hardened(), NOW)?;
        self.stored.push(Stored { user_handle: user(name).id, registration: registration.clone() });
        Ok(registration)
    }

    /// A sign-in, likewise.
    pub(super) fn sign_in(&mut self, wishes: authentication::Wishes) -> Result<Authentication, Failure> {
        let (options, pending) = authentication::begin(&self.rp, self.challenge(), wishes).unwrap();
        let options = RequestOptions::from_json(options.to_json().to_string().as_bytes()).unwrap();
        let response = self.client.get(&options, &mut self.channel)?.to_json().to_string();
        let response = AuthenticationResponse::from_json(response.as_bytes(), Dialect::WebAuthn).unwrap();
        let found = self.stored.iter_mut().find(|stored| stored.registration.record.id == response.raw_id);
        let held = found
            .as_deref()
            .map(|stored| Held { user_handle: &stored.user_handle, record: &stored.registration.record });
        let authentication = authentication::finish(&self.rp, &pending, &response, held, &hardened())?;
        if let Some(stored) = found {
            stored.registration.record = authentication.record.clone();
        }
        Ok(authentication)
    }
}

/// The user of this name, whose handle tells nobody who it is.
pub(super) fn user(name: &str) -> User {
    User {
        id: name.bytes().map(|byte| byte ^ 0xa5).collect(),
        name: name.to_owned(),
        display_name: format!("{name} of the lab"),
    }
}

/// Somebody with PINs in mind, who remembers what was asked. Clones share all of it.
#[derive(Clone, Default)]
pub(super) struct Person(Arc<Mutex<Mind>>);

#[derive(Default)]
struct Mind {
    pins: VecDeque<&'static str>,
    asked: Vec<(PinReason, Option<u64>)>,
    account: usize,
    accounts: Vec<Account>,
}

impl Person {
    /// Types these PINs, one after the other, then none.
    pub(super) fn typing(pins: impl IntoIterator<Item = &'static str>) -> Self {
        Self(Arc::new(Mutex::new(Mind { pins: pins.into_iter().collect(), ..Mind::default() })))
    }

    /// Takes the account at this place.
    pub(super) fn taking(account: usize) -> Self {
        Self(Arc::new(Mutex::new(Mind { account, ..Mind::default() })))
    }

    /// Why a PIN was asked for, and how many tries were left, each time.
    pub(super) fn asked(&self) -> Vec<(PinReason, Option<u64>)> {
        self.0.lock().unwrap().asked.clone()
    }

    /// The accounts that were shown last.
    pub(super) fn shown(&self) -> Vec<Account> {
        self.0.lock().unwrap().accounts.clone()
    }
}

impl assay_client::User for Person {
    fn pin(&mut self, request: &PinRequest) -> Option<String> {
        let mut mind = self.0.lock().unwrap();
        mind.asked.push((request.reason, request.retries));
        mind.pins.pop_front().map(str::to_owned)
    }

    fn choose(&mut self, accounts: &[Account]) -> Option<usize> {
        let mut mind = self.0.lock().unwrap();
        mind.accounts = accounts.to_vec();
        Some(mind.account)
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Client(error)
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::RelyingParty(rejection)
    }
}

fn plug_in(key: Authenticator) -> (Channel, Simulator) {
    let (reports, simulator) = Simulator::spawn(key).unwrap();
    (channel(Box::new(reports)).unwrap(), simulator)
}

fn hardened() -> Profile {
    Profile::named("hardened").unwrap()
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}
