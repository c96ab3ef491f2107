//! A device on a thread that does the least an authenticator must, and what a script says first.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use assay_protocol::aaguid::Aaguid;
use assay_protocol::ctap2::client_pin::{self, SubCommand};
use assay_protocol::ctap2::{
    Command as Ctap, Descriptor, Status, UserEntity, get_assertion, get_info, make_credential, reply,
};
use assay_protocol::ctaphid::{Assembler, Capabilities, Command, Event, Frame, InitResponse, split};
use assay_protocol::digest::sha256;
use assay_protocol::pin_uv::{KeyAgreement, Protocol, Token, pin_hash};
use assay_protocol::tree::cbor::to_canonical;
use assay_transport::memory::{MemoryReports, pair};
use assay_transport::{Channel, Reports as _};
use ciborium::Value;

use crate::client::{Client, Timeouts};
use crate::random::{Random, RandomFailed};
use crate::user::{Account, PinRequest, User};

/// What the device knows and keeps.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) info: get_info::Response,
    pub(crate) pin: Option<&'static str>,
    pub(crate) retries: u64,
    /// Ids and accounts, newest first.
    pub(crate) credentials: Vec<(Vec<u8>, UserEntity)>,
    pub(crate) fmt: &'static str,
    pub(crate) x5c: bool,
    pub(crate) aaguid: Aaguid,
    pub(crate) rp_id: &'static str,
    /// Answers that come before the device thinks for itself: to which command byte, and what.
    pub(crate) first: Vec<(u8, Vec<u8>)>,
    pub(crate) queue: VecDeque<get_assertion::Response>,
}

/// The device's side of the wire, as it was heard.
pub(crate) type Log = Arc<Mutex<Vec<Ctap>>>;

pub(crate) const TOKEN: [u8; 32] = [5; 32];
pub(crate) const NEW_ID: [u8; 16] = [0xee; 16];

impl Default for Device {
    fn default() -> Self {
        Self {
            info: get_info::Response { versions: vec!["FIDO_2_1".to_owned()], ..Default::default() },
            pin: None,
            retries: 8,
            credentials: Vec::new(),
            fmt: "packed",
            x5c: true,
            aaguid: Aaguid::from_bytes([7; 16]),
            rp_id: "example.org",
            first: Vec::new(),
            queue: VecDeque::new(),
        }
    }
}

impl Device {
    /// `+id` is true, `-id` is false.
    pub(crate) fn with_options(mut self, options: &[&str]) -> Self {
        let options = options.iter().map(|option| (option[1..].to_owned(), option.starts_with('+')));
        self.info.options = Some(options.collect());
        self
    }

    pub(crate) fn with_pin(mut self, pin: &'static str) -> Self {
        self.pin = Some(pin);
        self.info.pin_uv_auth_protocols = Some(vec![2]);
        self
    }

    pub(crate) fn with_credentials(mut self, ids: &[u8]) -> Self {
        let user = |id: &u8| UserEntity { id: vec![*id], name: Some(format!("user {id}")), display_name: None };
        self.credentials = ids.iter().map(|id| (vec![*id; 16], user(id))).collect();
        self
    }

    pub(crate) fn answering(mut self, command: u8, reply: impl Into<Vec<u8>>) -> Self {
        self.first.push((command, reply.into()));
        self
    }

    /// Plugs it in.
    pub(crate) fn plug_in(mut self) -> (Channel, Log) {
        let (host, mut line) = pair();
        let log = Log::default();
        let heard = Arc::clone(&log);
        thread::spawn(move || {
            let mut assembler = Assembler::Idle;
            while let Ok(report) = line.receive(far()) {
                let step = assembler.accept(&Frame::parse(&report));
                assembler = step.next;
                let Event::Message(message) = step.event else { continue };
                match message.cmd {
                    Command::INIT => say(&mut line, message.cid, Command::INIT, &init(&message.payload)),
                    Command::CBOR => {
                        let command = Ctap::parse(&message.payload).unwrap();
                        heard.lock().unwrap().push(command.clone());
                        say(&mut line, message.cid, Command::KEEPALIVE, &[2]);
                        say(&mut line, message.cid, Command::CBOR, &self.reply(&command));
                    }
                    _ => {}
                }
            }
        });
        (Channel::open(Box::new(host), [1; 8], far()).unwrap(), log)
    }

    fn reply(&mut self, command: &Ctap) -> Vec<u8> {
        if let Some(at) = self.first.iter().position(|(byte, _)| *byte == command.byte()) {
            return self.first.remove(at).1;
        }
        let body = match command {
            Ctap::GetInfo => Ok(self.info.to_cbor()),
            Ctap::ClientPin(request) => self.client_pin(request),
            Ctap::MakeCredential(request) => self.make_credential(request),
            Ctap::GetAssertion(request) => self.get_assertion(request),
            Ctap::GetNextAssertion => self.queue.pop_front().map(|next| next.to_cbor()).ok_or(Status::NOT_ALLOWED),
            Ctap::Reset | Ctap::Selection => Ok(Vec::new()),
            _ => Err(Status::INVALID_COMMAND),
        };
        reply::seal(body.map_err(Into::into))
    }

    fn client_pin(&mut self, request: &client_pin::Request) -> Result<Vec<u8>, Status> {
        let own = KeyAgreement::from_secret(&[3; 32]).unwrap();
        let answer = match request.sub_command {
            SubCommand::GetPinRetries => client_pin::Response { pin_retries: Some(self.retries), ..Default::default() },
            SubCommand::GetKeyAgreement => {
                client_pin::Response { key_agreement: Some(own.public_key()), ..Default::default() }
            }
            SubCommand::GetPinToken | SubCommand::GetPinUvAuthTokenUsingPinWithPermissions => {
                let protocol = Protocol::from_number(request.pin_uv_auth_protocol.unwrap()).unwrap();
                let secret = own.agree(protocol, request.key_agreement.as_ref().unwrap()).unwrap();
                let hash = secret.decrypt(request.pin_hash_enc.as_ref().unwrap()).unwrap();
                if hash != pin_hash(self.pin.unwrap()) {
                    self.retries -= 1;
                    return Err(Status::PIN_INVALID);
                }
                let token = secret.encrypt([8; 16], &TOKEN).unwrap();
                client_pin::Response { pin_uv_auth_token: Some(token), ..Default::default() }
            }
            _ => return Err(Status::INVALID_SUBCOMMAND),
        };
        Ok(answer.to_cbor())
    }

    fn make_credential(&self, request: &make_credential::Request) -> Result<Vec<u8>, Status> {
        let verified =
            self.verified(request.pin_uv_auth_protocol, &request.pin_uv_auth_param, &request.client_data_hash)?;
        let excluded = request.exclude_list.iter().flatten();
        if excluded.into_iter().any(|listed| self.credentials.iter().any(|(id, _)| *id == listed.id)) {
            return Err(Status::CREDENTIAL_EXCLUDED);
        }
        let x5c = self.x5c.then(|| (Value::from("x5c"), Value::Array(vec![Value::from(vec![0_u8; 8])])));
        let members = [(Value::from("alg"), Value::from(-7)), (Value::from("sig"), Value::from(vec![1_u8; 8]))];
        let built_in = request.options.uv == Some(true);
        let response = make_credential::Response {
            fmt: self.fmt.to_owned(),
            auth_data: self.auth_data(0x41 | if verified || built_in { 0x04 } else { 0 }),
            att_stmt: (self.fmt != "none").then(|| Value::Map(members.into_iter().chain(x5c).collect())),
            ep_att: None,
            large_blob_key: None,
            unsigned_extension_outputs: None,
        };
        Ok(response.to_cbor())
    }

    fn get_assertion(&mut self, request: &get_assertion::Request) -> Result<Vec<u8>, Status> {
        let verified =
            self.verified(request.pin_uv_auth_protocol, &request.pin_uv_auth_param, &request.client_data_hash)?;
        let up = u8::from(request.options.up != Some(false));
        let flags = up | if verified || request.options.uv == Some(true) { 0x04 } else { 0 };
        let listed = |id: &Vec<u8>| match &request.allow_list {
            Some(list) => list.iter().any(|listed| listed.id == *id),
            None => true,
        };
        let found = self.credentials.iter().filter(|(id, _)| listed(id));
        let mut responses: VecDeque<get_assertion::Response> = found
            .map(|(id, user)| get_assertion::Response {
                credential: Some(Descriptor::public_key(id.as_slice())),
                auth_data: self.auth_data(flags),
                signature: id.clone(),
                user: request.allow_list.is_none().then(|| user.clone()),
                number_of_credentials: None,
                user_selected: None,
                large_blob_key: None,
                unsigned_extension_outputs: None,
            })
            .collect();
        let count = u64::try_from(responses.len()).unwrap();
        let mut first = responses.pop_front().ok_or(Status::NO_CREDENTIALS)?;
        if request.allow_list.is_none() && count > 1 {
            first.number_of_credentials = Some(count);
            self.queue = responses;
        }
        Ok(first.to_cbor())
    }

    fn verified(&self, protocol: Option<u64>, param: &Option<Vec<u8>>, hash: &[u8]) -> Result<bool, Status> {
        let Some(param) = param else { return Ok(false) };
        let protocol = Protocol::from_number(protocol.unwrap()).unwrap();
        let token = Token::new(protocol, TOKEN.to_vec()).unwrap();
        token.verify(hash, param).map(|()| true).map_err(|_error| Status::PIN_AUTH_INVALID)
    }

    fn auth_data(&self, flags: u8) -> Vec<u8> {
        let mut data = sha256(self.rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend([0; 4]);
        if flags & 0x40 != 0 {
            data.extend(self.aaguid.as_bytes());
            data.extend([0, 16]);
            data.extend(NEW_ID);
            let key = KeyAgreement::from_secret(&[4; 32]).unwrap().public_key();
            data.extend(to_canonical(&Value::Map(vec![
                (Value::from(1), Value::from(2)),
                (Value::from(3), Value::from(-7)),
                (Value::from(-1), Value::from(1)),
                (Value::from(-2), Value::from(key.x)),
                (Value::from(-3), Value::from(key.y)),
            ])));
        }
        data
    }
}

fn init(nonce: &[u8]) -> Vec<u8> {
    let capabilities = Capabilities(Capabilities::CBOR | Capabilities::NMSG);
    let nonce = nonce.try_into().unwrap();
    InitResponse { nonce, cid: 1, protocol_version: 2, major: 0, minor: 0, build: 0, capabilities }.to_bytes()
}

fn say(line: &mut MemoryReports, cid: u32, cmd: Command, payload: &[u8]) {
    for report in split(cid, cmd, payload).unwrap() {
        let _ = line.send(&report, far());
    }
}

fn far() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

/// A person with a list of PINs to try and a favourite account, who remembers what was asked.
#[derive(Default)]
pub(crate) struct Person {
    pub(crate) pins: VecDeque<&'static str>,
    pub(crate) account: Option<usize>,
    pub(crate) asked: Arc<Mutex<Vec<PinRequest>>>,
    pub(crate) shown: Arc<Mutex<Vec<Account>>>,
    pub(crate) touches: Arc<Mutex<usize>>,
}

impl User for Person {
    fn pin(&mut self, request: &PinRequest) -> Option<String> {
        self.asked.lock().unwrap().push(request.clone());
        self.pins.pop_front().map(str::to_owned)
    }

    fn choose(&mut self, accounts: &[Account]) -> Option<usize> {
        *self.shown.lock().unwrap() = accounts.to_vec();
        self.account
    }

    fn presence_needed(&mut self) {
        *self.touches.lock().unwrap() += 1;
    }
}

/// Bytes that repeat themselves.
struct Counter(u8);

impl Random for Counter {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        bytes.fill_with(|| {
            self.0 = self.0.wrapping_add(1);
            self.0
        });
        Ok(())
    }
}

/// A page at https://example.org.
pub(crate) fn client(person: Person) -> Client {
    let mut client = Client::new("https://example.org", Box::new(person)).unwrap();
    client.random = Box::new(Counter(0));
    client.timeouts = Timeouts { shortest: Duration::ZERO, ..Timeouts::default() };
    client
}

/// The names of the commands heard.
pub(crate) fn heard(log: &Log) -> Vec<String> {
    log.lock().unwrap().iter().map(ToString::to_string).collect()
}
