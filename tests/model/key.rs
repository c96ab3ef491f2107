//! The key, by the wire: requests as bytes, answers taken apart.

use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::env::Env;
use assay_authenticator_sim::operation::Operation;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::client_pin::{self, SubCommand};
use assay_protocol::ctap2::entity::{Descriptor, Options, Parameter, Parameters, RpEntity, UserEntity};
use assay_protocol::ctap2::{Command, Status, get_assertion, make_credential, reply};
use assay_protocol::pin_uv::{KeyAgreement, Protocol, SharedSecret, Token, pad_pin, pin_hash};

use super::{By, Outcome, PINS, RPS, Step};

const HASH: [u8; 32] = [0xcd; 32];

pub(super) struct Key {
    key: Authenticator,
    protocol: Protocol,
    /// The one that was got last.
    token: Option<Token>,
    /// The ids of all credentials that were ever made.
    made: Vec<Vec<u8>>,
}

impl Key {
    /// A new key; every other one is spoken to by protocol one.
    pub(super) fn new(config: &KeyConfig, life: u32) -> Self {
        let seed = [u8::try_from(life % 251).unwrap(); 32];
        let key = Authenticator::new(config.clone(), Env::seeded(seed)).unwrap();
        let protocol = if life.is_multiple_of(2) { Protocol::Two } else { Protocol::One };
        Self { key, protocol, token: None, made: Vec::new() }
    }

    pub(super) fn take(&mut self, step: Step) -> Outcome {
        let done = match step {
            Step::SetPin { pin } => self.set_pin(PINS[pin]),
            Step::ChangePin { old, new } => self.change_pin(PINS[old], PINS[new]),
            Step::Retries => self.retries(),
            Step::Token { pin, permissions, rp } => self.get_token(PINS[pin], Some((permissions, RPS[rp]))),
            Step::LegacyToken { pin } => self.get_token(PINS[pin], None),
            Step::Make { rp, user, rk, by } => self.make(RPS[rp], user, rk, by),
            Step::Assert { rp, listed, by } => self.assert(RPS[rp], listed, by),
            Step::Next => self.next(),
            Step::PowerCycle => {
                self.key.power_cycle();
                Ok(Outcome::Status(Status::OK))
            }
            Step::Reset => self.send(&Command::Reset).map(|_nothing| Outcome::Status(Status::OK)),
        };
        done.unwrap_or_else(Outcome::Status)
    }

    fn send(&mut self, command: &Command) -> Result<Vec<u8>, Status> {
        let answer = self.key.handle(&command.to_bytes(), &Operation::new());
        match answer.split_first() {
            Some((0, _)) => Ok(reply::open(&answer).unwrap().to_vec()),
            Some((status, _)) => Err(Status(*status)),
            None => panic!("an empty answer"),
        }
    }

    fn pin(&mut self, request: client_pin::Request) -> Result<client_pin::Response, Status> {
        let answer = self.send(&Command::ClientPin(request))?;
        Ok(client_pin::Response::parse(&answer).unwrap())
    }

    fn request(&self, sub_command: SubCommand) -> client_pin::Request {
        client_pin::Request {
            pin_uv_auth_protocol: Some(self.protocol.number()),
            sub_command,
            key_agreement: None,
            pin_uv_auth_param: None,
            new_pin_enc: None,
            pin_hash_enc: None,
            permissions: None,
            rp_id: None,
        }
    }

    fn agree(&mut self, sub_command: SubCommand) -> (client_pin::Request, SharedSecret) {
        let theirs = self.request(SubCommand::GetKeyAgreement);
        let theirs = self.pin(theirs).unwrap().key_agreement.unwrap();
        let ours = KeyAgreement::from_secret(&[0x11; 32]).unwrap();
        let secret = ours.agree(self.protocol, &theirs).unwrap();
        (client_pin::Request { key_agreement: Some(ours.public_key()), ..self.request(sub_command) }, secret)
    }

    fn set_pin(&mut self, pin: &str) -> Result<Outcome, Status> {
        let (request, secret) = self.agree(SubCommand::SetPin);
        let sealed = secret.encrypt([9; 16], &pad_pin(pin).unwrap()).unwrap();
        let param = Some(secret.authenticate(&sealed));
        self.pin(client_pin::Request { new_pin_enc: Some(sealed), pin_uv_auth_param: param, ..request })?;
        Ok(Outcome::Status(Status::OK))
    }

    fn change_pin(&mut self, old: &str, new: &str) -> Result<Outcome, Status> {
        let (request, secret) = self.agree(SubCommand::ChangePin);
        let sealed = secret.encrypt([9; 16], &pad_pin(new).unwrap()).unwrap();
        let hash = secret.encrypt([8; 16], &pin_hash(old)).unwrap();
        self.pin(client_pin::Request {
            pin_uv_auth_param: Some(secret.authenticate(&[sealed.as_slice(), &hash].concat())),
            new_pin_enc: Some(sealed),
            pin_hash_enc: Some(hash),
            ..request
        })?;
        Ok(Outcome::Status(Status::OK))
    }

    fn retries(&mut self) -> Result<Outcome, Status> {
        let told = self.pin(self.request(SubCommand::GetPinRetries))?;
        let power_cycle = told.power_cycle_state.unwrap_or(false);
        Ok(Outcome::Tries { left: told.pin_retries.unwrap(), power_cycle })
    }

    fn get_token(&mut self, pin: &str, wanted: Option<(u64, &str)>) -> Result<Outcome, Status> {
        let sub_command = match wanted {
            Some(_) => SubCommand::GetPinUvAuthTokenUsingPinWithPermissions,
            None => SubCommand::GetPinToken,
        };
        let (request, secret) = self.agree(sub_command);
        let told = self.pin(client_pin::Request {
            pin_hash_enc: Some(secret.encrypt([8; 16], &pin_hash(pin)).unwrap()),
            permissions: wanted.map(|(permissions, _)| permissions),
            rp_id: wanted.map(|(_, rp_id)| rp_id.to_owned()),
            ..request
        })?;
        let token = secret.decrypt(&told.pin_uv_auth_token.unwrap()).unwrap();
        self.token = Some(Token::new(self.protocol, token).unwrap());
        Ok(Outcome::Status(Status::OK))
    }

    /// pinUvAuthParam and its protocol; where there never was a token, one that cannot be right.
    fn param(&self, by: By) -> (Option<Vec<u8>>, Option<u64>) {
        let wrong = || vec![7; if self.protocol == Protocol::One { 16 } else { 32 }];
        match by {
            By::Nobody => (None, None),
            By::Token => {
                let param = self.token.as_ref().map_or_else(wrong, |token| token.authenticate(&HASH));
                (Some(param), Some(self.protocol.number()))
            }
        }
    }

    fn make(&mut self, rp_id: &str, user: usize, rk: bool, by: By) -> Result<Outcome, Status> {
        let (pin_uv_auth_param, pin_uv_auth_protocol) = self.param(by);
        let answer = self.send(&Command::MakeCredential(make_credential::Request {
            client_data_hash: HASH,
            rp: RpEntity { id: rp_id.to_owned(), name: None },
            user: UserEntity {
                id: vec![u8::try_from(user).unwrap()],
                name: Some("ada".to_owned()),
                display_name: None,
            },
            pub_key_cred_params: Parameters { entries: vec![Parameter::public_key(-7)], defect: None },
            exclude_list: None,
            extensions: None,
            options: Options { rk: Some(rk), ..Options::default() },
            pin_uv_auth_param,
            pin_uv_auth_protocol,
            enterprise_attestation: None,
            attestation_formats_preference: None,
        }))?;
        let made = make_credential::Response::parse(&answer).unwrap();
        let data = AuthenticatorData::parse(&made.auth_data).unwrap();
        let verified = data.flags.uv();
        self.made.push(data.attested.unwrap().credential_id);
        Ok(Outcome::Made { verified })
    }

    fn assert(&mut self, rp_id: &str, listed: Option<usize>, by: By) -> Result<Outcome, Status> {
        let (pin_uv_auth_param, pin_uv_auth_protocol) = self.param(by);
        let answer = self.send(&Command::GetAssertion(get_assertion::Request {
            rp_id: rp_id.to_owned(),
            client_data_hash: HASH,
            allow_list: listed.map(|at| vec![Descriptor::public_key(self.made[at].clone())]),
            extensions: None,
            options: Options::default(),
            pin_uv_auth_param,
            pin_uv_auth_protocol,
        }))?;
        Ok(self.signed(&answer))
    }

    fn next(&mut self) -> Result<Outcome, Status> {
        let answer = self.send(&Command::GetNextAssertion)?;
        Ok(self.signed(&answer))
    }

    fn signed(&self, answer: &[u8]) -> Outcome {
        let signed = get_assertion::Response::parse(answer).unwrap();
        let verified = AuthenticatorData::parse(&signed.auth_data).unwrap().flags.uv();
        let id = signed.credential.unwrap().id;
        let credential = self.made.iter().rposition(|made| *made == id).unwrap();
        Outcome::Signed { credential, of: signed.number_of_credentials, verified }
    }
}
