//! The crate `passkey-authenticator` behind CTAPHID: our device reads reports, the library's own types read CBOR.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use assay_authenticator_sim::device::{Action, Device};
use assay_conformance::suites::authenticator::Connect;
use assay_transport::memory::{MemoryReports, pair};
use assay_transport::{Error, Reports};
use ciborium::de::Error as Unread;
use passkey_authenticator::{Authenticator, MemoryStore, UiHint, UserCheck, UserValidationMethod};
use passkey_crypto::AvailableBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Command, Ctap2Error};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Makes a new authenticator for each session.
pub(crate) struct Library;

impl Connect for Library {
    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        let (host, line) = pair();
        thread::spawn(move || serve(line));
        Ok(Box::new(host))
    }
}

/// How long the line is listened to before looking around.
const SLICE: Duration = Duration::from_millis(20);

fn serve(mut line: MemoryReports) {
    let mut key = Authenticator::new(Aaguid::new_empty(), MemoryStore::new(), Willing, AvailableBackend);
    let (mut device, began) = (Device::new(), Instant::now());
    loop {
        let mut actions = match line.receive(Instant::now() + SLICE) {
            Ok(report) => device.accept(&report, began.elapsed()),
            Err(Error::Timeout) => Vec::new(),
            Err(_) => return,
        };
        while let Some(action) = actions.pop() {
            match action {
                Action::Send(report) if line.send(&report, Instant::now() + SLICE).is_err() => return,
                Action::Start(request) => {
                    let reply = answer(&mut key, &request);
                    // They are taken from the end.
                    actions.extend(device.finish(&reply, began.elapsed()).into_iter().rev());
                }
                Action::Send(_) | Action::StartU2f(_) | Action::Cancel | Action::Wink => {}
            }
        }
    }
}

type Key = Authenticator<MemoryStore, Willing, AvailableBackend>;

/// Status and CBOR, as CTAP 2.0 8.1 has it.
fn answer(key: &mut Key, request: &[u8]) -> Vec<u8> {
    let Some((command, parameters)) = request.split_first() else { return vec![Ctap2Error::InvalidLength.into()] };
    let replied = if *command == u8::from(Ctap2Command::GetInfo) {
        Ok(written(&*block_on(key.get_info())))
    } else if *command == u8::from(Ctap2Command::MakeCredential) {
        read(parameters)
            .and_then(|request| block_on(key.make_credential(request)).map(|reply| written(&reply)).map_err(u8::from))
    } else if *command == u8::from(Ctap2Command::GetAssertion) {
        read(parameters)
            .and_then(|request| block_on(key.get_assertion(request)).map(|reply| written(&reply)).map_err(u8::from))
    } else {
        Err(Ctap2Error::InvalidCommand.into())
    };
    match replied {
        Ok(reply) => [&[Ctap2Error::Ok.into()], reply.as_slice()].concat(),
        Err(status) => vec![status],
    }
}

fn written(reply: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(reply, &mut bytes).unwrap();
    bytes
}

/// The library says what it cannot read, and leaves the status to whoever calls it.
fn read<T: DeserializeOwned>(parameters: &[u8]) -> Result<T, u8> {
    ciborium::from_reader(parameters).map_err(|error| {
        let status = match error {
            Unread::Semantic(_, text) if text.contains("missing field") => Ctap2Error::MissingParameter,
            Unread::Semantic(..) => Ctap2Error::CborUnexpectedType,
            Unread::Io(_) | Unread::Syntax(_) | Unread::RecursionLimitExceeded => Ctap2Error::InvalidCbor,
        };
        status.into()
    })
}

/// Nothing that the library does with a store in memory ever waits.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return done;
        }
    }
}

/// Somebody who is there and asks no questions.
struct Willing;

#[async_trait::async_trait]
impl UserValidationMethod for Willing {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _hint: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}
