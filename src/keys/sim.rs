//! Virtual keys by name: which, and what is wrong with it.

use anyhow::{Context as _, Result, bail};
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::defect::{Defect, Defects};
use assay_authenticator_sim::env::{Env, Person};
use clap::ValueEnum as _;

use super::{load, persona_config};
use crate::cli::Persona;
use crate::lab::Lab;
use crate::near;
use crate::state::State;

/// A virtual key as the command line names it: `sim` or `sim:NAME`, then any of `+persona:NAME` (with `sim`
/// alone) and `+fault:ID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sim {
    /// Which one.
    pub kind: SimKind,
    /// What it does wrong on purpose.
    pub faults: Defects,
}

/// Which virtual key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SimKind {
    /// One that is new and will be forgotten; a CTAP 2.1 key where no persona is named.
    Fresh(Option<Persona>),
    /// One that was saved.
    Saved(String),
}

impl Sim {
    /// Reads a name; nothing where it names no virtual key.
    pub(super) fn parse(text: &str) -> Option<Result<Self>> {
        let mut parts = text.split('+');
        let kind = match parts.next()?.split_once(':') {
            None if text == "sim" || text.starts_with("sim+") => SimKind::Fresh(None),
            Some(("sim", name)) => SimKind::Saved(name.to_owned()),
            _ => return None,
        };
        Some(Self { kind, faults: Defects::new() }.with(parts))
    }

    fn with<'t>(mut self, parts: impl Iterator<Item = &'t str>) -> Result<Self> {
        for part in parts {
            match (part.split_once(':'), &mut self.kind) {
                (Some(("fault", id)), _) => {
                    self.faults.insert(fault(id)?);
                }
                (Some(("persona", name)), SimKind::Fresh(persona @ None)) => *persona = Some(named(name)?),
                (Some(("persona", _)), SimKind::Fresh(Some(_))) => bail!("a key has one persona"),
                (Some(("persona", _)), SimKind::Saved(name)) => {
                    bail!("sim:{name} is what it was made; +persona: goes with sim")
                }
                _ => bail!("+{part} is nothing to say of a virtual key: +persona:NAME or +fault:ID"),
            }
        }
        Ok(self)
    }

    /// The key itself, touched by `person`; a saved one has every change on disk before it acknowledges it.
    pub fn authenticator(&self, lab: &Lab, state: &State, person: Box<dyn Person>) -> Result<Authenticator> {
        let system = Env { person, ..Env::system() };
        let (config, env) = match &self.kind {
            SimKind::Fresh(persona) => (persona_config(lab, persona.unwrap_or(Persona::SecurityKey))?, system),
            SimKind::Saved(name) => {
                let key = load(state, name)?;
                let config = key.persona.config(&lab.mint).with_context(|| format!("sim:{name}"))?;
                (config, Env { store: Box::new(key.store(state)?), ..system })
            }
        };
        Ok(Authenticator::new(KeyConfig { defects: self.faults.clone(), ..config }, env)?)
    }
}

fn fault(id: &str) -> Result<Defect> {
    if let Ok(known) = id.parse() {
        return Ok(known);
    }
    let meant = near::to(id, Defect::ALL.iter().map(|defect| defect.id()));
    bail!("there is no fault {id:?}{meant}; `assay key faults` lists them")
}

fn named(name: &str) -> Result<Persona> {
    if let Ok(known) = Persona::from_str(name, false) {
        return Ok(known);
    }
    let values: Vec<_> = Persona::value_variants().iter().filter_map(Persona::to_possible_value).collect();
    let names: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
    bail!("there is no persona {name:?}: {}", names.join(", "))
}

#[cfg(test)]
mod tests;
