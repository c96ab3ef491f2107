//! A served key: plugged in or not, with its state either way.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Result, anyhow};
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::serve::Simulator;
use assay_transport::Identity;
use serde_json::{Value, json};

use super::door::Door;
use super::touch::Hand;

/// One key at its door.
pub(super) struct Port {
    /// Its number, from 1.
    pub(super) number: usize,
    /// What people call it.
    pub(super) name: String,
    /// Who is there to touch it.
    pub(super) hand: Hand,
    identity: Identity,
    door: Door,
    power: Mutex<Power>,
}

enum Power {
    On(Simulator),
    Off(Box<Authenticator>),
    /// It has crashed, or is changing right now.
    Lost,
}

impl Port {
    /// Plugs a key in.
    pub(super) fn plug(
        (number, name): (usize, String),
        identity: Identity,
        door: &Door,
        authenticator: Authenticator,
        hand: Hand,
    ) -> Result<Self> {
        let (reports, door) = door.plug(&identity)?;
        let power = Mutex::new(Power::On(Simulator::serve(authenticator, reports)?));
        Ok(Self { number, name, hand, identity, door, power })
    }

    /// Plugs it in again; nothing where it is plugged in.
    pub(super) fn on(&self) -> Result<()> {
        let mut power = self.lock();
        match std::mem::replace(&mut *power, Power::Lost) {
            Power::Off(mut authenticator) => {
                let (reports, _door) = match self.door.plug(&self.identity) {
                    Ok(plugged) => plugged,
                    Err(error) => {
                        *power = Power::Off(authenticator);
                        return Err(error);
                    }
                };
                authenticator.power_cycle();
                *power = Power::On(Simulator::serve(*authenticator, reports)?);
                Ok(())
            }
            Power::On(simulator) => {
                *power = Power::On(simulator);
                Ok(())
            }
            Power::Lost => Err(self.lost()),
        }
    }

    /// Unplugs it; what it keeps, it keeps.
    pub(super) fn off(&self) -> Result<()> {
        let mut power = self.lock();
        match std::mem::replace(&mut *power, Power::Lost) {
            Power::On(simulator) => {
                *power = Power::Off(Box::new(simulator.stop().ok_or_else(|| self.lost())?));
                Ok(())
            }
            Power::Off(authenticator) => {
                *power = Power::Off(authenticator);
                Ok(())
            }
            Power::Lost => Err(self.lost()),
        }
    }

    /// Is it plugged in, or waiting to be?
    pub(super) fn is_alive(&self) -> bool {
        match &*self.lock() {
            Power::On(simulator) => simulator.is_running(),
            Power::Off(_) => true,
            Power::Lost => false,
        }
    }

    /// Is it plugged in?
    pub(super) fn is_on(&self) -> bool {
        matches!(&*self.lock(), Power::On(_))
    }

    /// Where it is, for whoever wants to use it.
    pub(super) fn place(&self) -> Value {
        let mut place = json!({
            "number": self.number,
            "key": self.name,
            "door": self.door.to_string(),
            "serial_number": self.identity.serial_number,
            "target": self.door.target(&self.identity),
        });
        if let (Door::Udp(address), Some(members)) = (&self.door, place.as_object_mut()) {
            members.insert("address".to_owned(), address.to_string().into());
        }
        place
    }

    fn lock(&self) -> MutexGuard<'_, Power> {
        self.power.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self) -> anyhow::Error {
        anyhow!("the key {} has crashed", self.name)
    }
}
