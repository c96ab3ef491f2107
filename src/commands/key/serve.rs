//! `assay key serve`: virtual keys at doors that others can use.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::env::Person;
use assay_conformance::seed::Seed;
use assay_transport::Identity;
use clap::Args;
use serde_json::{Value, json};

use super::control;
use super::door::{Door, DoorArgs};
use super::port::Port;
use super::touch::{self, Hand, TouchMode};
use crate::cli::Persona;
use crate::commands::Place;
use crate::keys::{self, KeyTarget, Sim, SimKind};
use crate::lab::Lab;
use crate::output::{Exit, print};
use crate::state::State;

/// Options of `assay key serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay key serve --listen 127.0.0.1:8111 sim:desk       UDP, one datagram a report
  assay key serve --uhid sim:desk                        to browsers, ssh and libfido2 a key like any other
  sudo assay key serve --usb sim:desk                    the same at a USB port (vhci-hcd)
  assay key serve sim:a@uhid sim:b@udp:127.0.0.1:8112    several keys, each at its own door
  assay key serve sim+fault:ctap_mc_flags                a key that does one thing wrong (`assay key faults`)
  assay key serve --uhid --touch http --control 127.0.0.1:8000   for robots: /usb1/touch/on, /usb1/power/off

Prints one JSON line when ready. A key at --uhid or --usb asks for each touch here: press Enter.
`assay key udev` prints the rule with which --uhid needs no root.")]
pub struct KeyServeArgs {
    /// Which key: sim (fresh; +persona:NAME) or sim:NAME (saved), +fault:ID for what it is to do wrong, and its
    /// door: @uhid, @usb, @udp:ADDRESS:PORT or @unix:PATH; may repeat
    #[arg(value_name = "KEY[@DOOR]", default_value = "sim")]
    pub keys: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "they would stand in the help")]
    pub door: DoorArgs,
    /// Who touches it: ask, auto, never, deny, http or delay=SECONDS [default: ask at --uhid and --usb, else auto]
    #[arg(long, value_name = "WHO", value_parser = TouchMode::parse)]
    pub touch: Option<TouchMode>,
    /// Let programs on this machine touch and unplug keys by HTTP; loopback only
    #[arg(long, value_name = "ADDR")]
    pub control: Option<SocketAddr>,
    /// What kind of key a fresh one is
    #[arg(long, value_enum, conflicts_with = "seed")]
    pub persona: Option<Persona>,
    /// Make every byte repeat from this seed (hexadecimal)
    #[arg(long, value_name = "HEX")]
    pub seed: Option<String>,
}

/// How often the keys are looked after.
const ROUND: Duration = Duration::from_millis(200);

pub(super) fn run(here: &Place, args: &KeyServeArgs) -> Result<Exit> {
    let orders = orders(args)?;
    if args.touch == Some(TouchMode::Http) && args.control.is_none() {
        bail!("--touch http needs --control ADDR, where the touches come from");
    }
    let control = args.control.map(control::bind).transpose()?;
    let (lab, state) = (here.lab()?, here.state()?);
    let ports = orders
        .into_iter()
        .zip(1..)
        .map(|(order, number)| plug(&lab, &state, args, order, number))
        .collect::<Result<Vec<Port>>>()?;
    let ports = Arc::new(ports);
    let url =
        control.as_ref().map(|listener| listener.local_addr()).transpose()?.map(|address| format!("http://{address}"));
    if let Some(listener) = control {
        control::serve(listener, Arc::clone(&ports))?;
    }
    listen_to_the_terminal(&ports)?;
    print(&format!("{}\n", ready(&ports, url.as_deref())))?;
    while ports.iter().any(Port::is_alive) {
        thread::sleep(ROUND);
    }
    Ok(Exit::Good)
}

/// A key and its door.
#[derive(Debug, PartialEq, Eq)]
struct Order {
    key: String,
    sim: Sim,
    door: Door,
}

fn orders(args: &KeyServeArgs) -> Result<Vec<Order>> {
    let common = args.door.door();
    let mut orders: Vec<Order> = Vec::new();
    for text in &args.keys {
        let (key, door) = match text.split_once('@') {
            Some((key, door)) => (key, Door::parse(door)?),
            None => (text.as_str(), common.clone()),
        };
        let KeyTarget::Sim(sim) = KeyTarget::parse(key)? else {
            bail!("{key:?} is served already; sim and sim:NAME can be");
        };
        if !door.is_for_many() && orders.iter().any(|order| order.door == door) {
            bail!("two keys cannot share {door}: give each its own, such as {key}@udp:127.0.0.1:8112");
        }
        let saved = |sim: &Sim| matches!(sim.kind, SimKind::Saved(_));
        if saved(&sim) && orders.iter().any(|order| order.sim.kind == sim.kind) {
            bail!("{key} is one key, and can be plugged in once");
        }
        orders.push(Order { key: key.to_owned(), sim, door });
    }
    if args.seed.is_some() && orders.len() > 1 {
        bail!("--seed makes one key; several would share their secrets");
    }
    Ok(orders)
}

fn plug(lab: &Lab, state: &State, args: &KeyServeArgs, order: Order, number: usize) -> Result<Port> {
    let Order { key, sim, door } = order;
    let mode = args.touch.unwrap_or(if door.is_seen_by_browsers() { TouchMode::Ask } else { TouchMode::Auto });
    if door.is_seen_by_browsers() && mode == TouchMode::Auto {
        eprintln!("warning: {key} touches itself: any program here, and any website in a browser here, can use it");
    }
    let (person, hand) = touch::person(mode, &key);
    let identity = Identity::virtual_key(serial_number(&sim.kind, args.seed.as_deref())?);
    let authenticator = authenticator(lab, state, sim, args, person)?;
    Port::plug((number, key.clone()), identity, &door, authenticator, hand).with_context(|| format!("{key} at {door}"))
}

fn authenticator(
    lab: &Lab,
    state: &State,
    sim: Sim,
    args: &KeyServeArgs,
    person: Box<dyn Person>,
) -> Result<Authenticator> {
    let seed = args.seed.as_deref().map(str::parse::<Seed>).transpose()?;
    let sim = match (sim.kind, args.persona) {
        (SimKind::Saved(_), Some(_)) => bail!("a saved key is what it is; --persona goes with sim"),
        (SimKind::Saved(_), None) if seed.is_some() => bail!("a saved key has its own secrets; --seed goes with sim"),
        (SimKind::Fresh(Some(_)), Some(_)) => bail!("--persona is for keys that name none themselves"),
        (SimKind::Fresh(Some(_)), None) if seed.is_some() => bail!("--seed goes with sim, of no other persona"),
        (SimKind::Fresh(None), persona) => Sim { kind: SimKind::Fresh(persona), faults: sim.faults },
        (kind, None) => Sim { kind, faults: sim.faults },
    };
    match seed {
        Some(seed) => keys::seeded(lab, *seed.as_bytes(), sim.faults, person),
        None => sim.authenticator(lab, state, person),
    }
}

/// What tells this key from the others on this machine: a saved one by its name, a fresh one by chance.
fn serial_number(kind: &SimKind, seed: Option<&str>) -> Result<String> {
    let own = match (kind, seed) {
        (SimKind::Saved(name), _) => name.clone(),
        (_, Some(seed)) => format!("seed-{seed}"),
        (_, None) => {
            let mut random = [0; 4];
            getrandom::fill(&mut random).context("no randomness from the system")?;
            format!("{:08x}", u32::from_be_bytes(random))
        }
    };
    // As many as every door has room for.
    Ok(format!("sim-{own}").chars().take(63).collect())
}

/// Whoever sits there answers the keys that ask; where nobody does, no thread waits for them.
fn listen_to_the_terminal(ports: &[Port]) -> Result<()> {
    let keys: Vec<_> = ports
        .iter()
        .filter_map(|port| match &port.hand {
            Hand::Terminal(handle) => Some((port.number, handle.clone())),
            Hand::None | Hand::Finger(_) => None,
        })
        .collect();
    if !keys.is_empty() {
        thread::Builder::new().name("assay-touch".to_owned()).spawn(move || {
            touch::answer(io::stdin().lock(), &keys);
            eprintln!("nobody is at the terminal any more: requests for a touch will time out");
        })?;
    }
    Ok(())
}

/// The ready line. Where there is one key, it is told in the line itself as well.
fn ready(ports: &[Port], control: Option<&str>) -> Value {
    let places: Vec<Value> = ports.iter().map(Port::place).collect();
    let mut line = json!({"ready": true});
    if let (Some(members), [Value::Object(only)]) = (line.as_object_mut(), places.as_slice()) {
        members.extend(only.clone());
    }
    if let Some(members) = line.as_object_mut() {
        members.extend(control.map(|url| ("control".to_owned(), url.into())));
        members.insert("keys".to_owned(), places.into());
    }
    line
}

#[cfg(test)]
mod tests;
