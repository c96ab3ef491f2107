//! `assay proxy`: a key seen through a virtual one.

mod rules;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use assay_protocol::ctaphid::Frame;
use assay_transport::{Error, Identity, Recorded, Reports, Transcript};
use clap::Args;
use serde_json::json;

use self::rules::{Gate, Rule, Step};
use super::Place;
use super::key::{Door, DoorArgs};
use crate::keys::KeyTarget;
use crate::output::{Exit, print};

/// Options of `assay proxy`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay proxy hid:/dev/hidraw3 --uhid                       browsers see a key that is another; every frame is printed
  assay proxy udp:127.0.0.1:8111 --listen 127.0.0.1:8112    in front of a simulator
  assay proxy hid:/dev/hidraw3 --uhid --refuse GetAssertion=NO_CREDENTIALS
  assay proxy hid:/dev/hidraw3 --uhid --delay MakeCredential=2500

Prints one JSON line when ready, then a line for each frame. The real key should be one that browsers do not
use themselves meanwhile: stop this to end.")]
pub struct ProxyArgs {
    /// The key behind: sim, sim:NAME, udp:HOST:PORT, unix:PATH, hid:PATH or exec:PROGRAM
    pub target: String,
    #[command(flatten)]
    #[expect(missing_docs, reason = "they would stand in the help")]
    pub door: DoorArgs,
    /// Answer a command in the key's place: COMMAND=STATUS, by the specification's names; may repeat
    #[arg(long, value_name = "COMMAND=STATUS", value_parser = Rule::refusal)]
    pub refuse: Vec<Rule>,
    /// Let a command wait before it reaches the key: COMMAND=MILLISECONDS; may repeat
    #[arg(long, value_name = "COMMAND=MS", value_parser = Rule::delay)]
    pub delay: Vec<Rule>,
}

/// How long one side is listened to before the other.
const SLICE: Duration = Duration::from_millis(2);

/// How long a report may take to leave.
const SEND: Duration = Duration::from_secs(5);

pub(super) fn run(here: &Place, args: &ProxyArgs) -> Result<Exit> {
    let key = KeyTarget::parse(&args.target)?.connect(&here.lab()?, &here.state()?)?;
    let identity = Identity { product: "Key behind a proxy".to_owned(), ..Identity::virtual_key("proxy") };
    let door = args.door.door();
    let (front, door) = door.plug(&identity).with_context(|| door.to_string())?;
    let target = door.target(&identity);
    let address = match &door {
        Door::Udp(address) => Some(address.to_string()),
        Door::Unix(_) | Door::Uhid | Door::Usb => None,
    };
    print(&format!("{}\n", json!({"ready": true, "behind": args.target, "target": target, "address": address})))?;
    let gate = Gate::new(args.refuse.iter().chain(&args.delay).cloned().collect());
    pump(front, key, gate)?;
    Ok(Exit::Good)
}

/// Passes reports on until either side is gone.
fn pump(mut front: Box<dyn Reports>, key: Box<dyn Reports>, mut gate: Gate) -> Result<()> {
    let (mut key, transcript) = Recorded::new(key);
    loop {
        match front.receive(Instant::now() + SLICE) {
            Ok(report) => match gate.take(&report) {
                Step::Pass => key.send(&report, Instant::now() + SEND)?,
                Step::Wait(time) => {
                    std::thread::sleep(time);
                    key.send(&report, Instant::now() + SEND)?;
                }
                Step::Keep => print(&format!("              x {}\n", Frame::parse(&report)))?,
                Step::Answer(reports) => {
                    print(&format!("              x {}\n", Frame::parse(&report)))?;
                    for report in reports {
                        print(&format!("              < {}  in the key's place\n", Frame::parse(&report)))?;
                        front.send(&report, Instant::now() + SEND)?;
                    }
                }
            },
            Err(Error::Timeout) => {}
            Err(Error::Closed) => return Ok(()),
            Err(error) => bail!("the virtual key: {error}"),
        }
        loop {
            match key.receive(Instant::now() + SLICE) {
                Ok(report) => front.send(&report, Instant::now() + SEND)?,
                Err(Error::Timeout) => break,
                Err(error) => bail!("the key behind: {error}"),
            }
        }
        tell(&transcript)?;
    }
}

fn tell(transcript: &Transcript) -> Result<()> {
    for entry in transcript.take() {
        print(&format!("{entry}\n"))?;
    }
    Ok(())
}
