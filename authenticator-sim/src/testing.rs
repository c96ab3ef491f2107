//! A bench for the crate's tests: an authenticator in a world that the test holds in its hands.

use std::time::Duration;

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::client_pin::{self, SubCommand};
use assay_protocol::ctap2::{
    Command, Descriptor, Extensions, Options, Parameter, RpEntity, Status, UserEntity, bio_enrollment, config,
    credential_management, get_assertion, get_info, large_blobs, make_credential,
};
use assay_protocol::pin_uv::{KeyAgreement, Protocol, SharedSecret, Token, pad_pin, pin_hash};

use crate::authenticator::Authenticator;
use crate::config::KeyConfig;
use crate::env::{Env, ManualClock, MemoryStore, Script, SeededRng, Touch};
use crate::operation::Operation;

pub(crate) const RP_ID: &str = "example.org";
pub(crate) const HASH: [u8; 32] = [0xcd; 32];
pub(crate) const PIN: &str = "1234";

pub(crate) struct Bench {
    pub(crate) key: Authenticator,
    pub(crate) person: Script,
    pub(crate) clock: ManualClock,
    pub(crate) store: MemoryStore,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(KeyConfig::security_key())
    }

    pub(crate) fn with(config: KeyConfig) -> Self {
        Self::open(config, MemoryStore::default())
    }

    /// An authenticator with what this store has.
    pub(crate) fn open(config: KeyConfig, store: MemoryStore) -> Self {
        let person = Script::new([], Touch::Given);
        let clock = ManualClock::new();
        let env = Env {
            person: Box::new(person.clone()),
            clock: Box::new(clock.clone()),
            rng: Box::new(SeededRng::new([0x5e; 32])),
            store: Box::new(store.clone()),
        };
        Self { key: Authenticator::new(config, env).unwrap(), person, clock, store }
    }

    /// With a PIN already set.
    pub(crate) fn with_pin(config: KeyConfig) -> Self {
        let mut bench = Self::with(config);
        bench.set_pin(PIN, Protocol::Two).unwrap();
        bench
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn raw(&mut self, request: &[u8]) -> Result<Vec<u8>, Status> {
        self.key.dispatch(request, &Operation::new()).map_err(|error| error.status)
    }

    pub(crate) fn send(&mut self, command: Command) -> Result<Vec<u8>, Status> {
        self.raw(&command.to_bytes())
    }

    pub(crate) fn make(&mut self, request: make_credential::Request) -> Result<AuthenticatorData, Status> {
        let reply = self.send(Command::MakeCredential(request))?;
        let response = make_credential::Response::parse(&reply).unwrap();
        Ok(AuthenticatorData::parse(&response.auth_data).unwrap())
    }

    pub(crate) fn get(&mut self, request: get_assertion::Request) -> Result<get_assertion::Response, Status> {
        let reply = self.send(Command::GetAssertion(request))?;
        Ok(get_assertion::Response::parse(&reply).unwrap())
    }

    pub(crate) fn pin(&mut self, request: client_pin::Request) -> Result<client_pin::Response, Status> {
        let reply = self.send(Command::ClientPin(request))?;
        Ok(client_pin::Response::parse(&reply).unwrap())
    }

    /// The platform's half of key agreement: what it sends, and the secret.
    pub(crate) fn agree(&mut self, protocol: Protocol) -> (client_pin::Request, SharedSecret) {
        let mut request = pin_request(SubCommand::GetKeyAgreement, protocol);
        let theirs = self.pin(request.clone()).unwrap().key_agreement.unwrap();
        let ours = KeyAgreement::from_secret(&[0x11; 32]).unwrap();
        request.key_agreement = Some(ours.public_key());
        (request, ours.agree(protocol, &theirs).unwrap())
    }

    pub(crate) fn set_pin_request(&mut self, pin: &[u8], protocol: Protocol) -> client_pin::Request {
        let (base, shared) = self.agree(protocol);
        let new_pin_enc = shared.encrypt([9; 16], pin).unwrap();
        client_pin::Request {
            sub_command: SubCommand::SetPin,
            pin_uv_auth_param: Some(shared.authenticate(&new_pin_enc)),
            new_pin_enc: Some(new_pin_enc),
            ..base
        }
    }

    pub(crate) fn set_pin(&mut self, pin: &str, protocol: Protocol) -> Result<(), Status> {
        let request = self.set_pin_request(&pad_pin(pin).unwrap(), protocol);
        self.pin(request).map(drop)
    }

    pub(crate) fn change_pin_request(&mut self, old: &str, new: &str, protocol: Protocol) -> client_pin::Request {
        let (base, shared) = self.agree(protocol);
        let new_pin_enc = shared.encrypt([9; 16], &pad_pin(new).unwrap()).unwrap();
        let pin_hash_enc = shared.encrypt([8; 16], &pin_hash(old)).unwrap();
        client_pin::Request {
            sub_command: SubCommand::ChangePin,
            pin_uv_auth_param: Some(shared.authenticate(&[new_pin_enc.as_slice(), &pin_hash_enc].concat())),
            new_pin_enc: Some(new_pin_enc),
            pin_hash_enc: Some(pin_hash_enc),
            ..base
        }
    }

    /// A request for a token with permissions, and what decrypts its answer.
    pub(crate) fn token_request(
        &mut self,
        pin: &str,
        permissions: u64,
        rp_id: Option<&str>,
        protocol: Protocol,
    ) -> (client_pin::Request, SharedSecret) {
        let (base, shared) = self.agree(protocol);
        let request = client_pin::Request {
            sub_command: SubCommand::GetPinUvAuthTokenUsingPinWithPermissions,
            pin_hash_enc: Some(shared.encrypt([8; 16], &pin_hash(pin)).unwrap()),
            permissions: Some(permissions),
            rp_id: rp_id.map(str::to_owned),
            ..base
        };
        (request, shared)
    }

    pub(crate) fn token(&mut self, permissions: u64, rp_id: Option<&str>, protocol: Protocol) -> Token {
        let (request, shared) = self.token_request(PIN, permissions, rp_id, protocol);
        let sealed = self.pin(request).unwrap().pin_uv_auth_token.unwrap();
        Token::new(protocol, shared.decrypt(&sealed).unwrap()).unwrap()
    }

    /// A legacy request for a token, and its outcome.
    pub(crate) fn pin_token(&mut self, pin: &str, protocol: Protocol) -> Result<Token, Status> {
        let (base, shared) = self.agree(protocol);
        let request = client_pin::Request {
            sub_command: SubCommand::GetPinToken,
            pin_hash_enc: Some(shared.encrypt([8; 16], &pin_hash(pin)).unwrap()),
            ..base
        };
        let sealed = self.pin(request)?.pin_uv_auth_token.unwrap();
        Ok(Token::new(protocol, shared.decrypt(&sealed).unwrap()).unwrap())
    }

    /// A request for a token by built-in user verification, and what decrypts its answer.
    pub(crate) fn uv_token_request(
        &mut self,
        permissions: u64,
        rp_id: Option<&str>,
        protocol: Protocol,
    ) -> (client_pin::Request, SharedSecret) {
        let (base, shared) = self.agree(protocol);
        let request = client_pin::Request {
            sub_command: SubCommand::GetPinUvAuthTokenUsingUvWithPermissions,
            permissions: Some(permissions),
            rp_id: rp_id.map(str::to_owned),
            ..base
        };
        (request, shared)
    }

    pub(crate) fn uv_token(
        &mut self,
        permissions: u64,
        rp_id: Option<&str>,
        protocol: Protocol,
    ) -> Result<Token, Status> {
        let (request, shared) = self.uv_token_request(permissions, rp_id, protocol);
        let sealed = self.pin(request)?.pin_uv_auth_token.unwrap();
        Ok(Token::new(protocol, shared.decrypt(&sealed).unwrap()).unwrap())
    }

    pub(crate) fn info(&mut self) -> get_info::Response {
        get_info::Response::parse(&self.send(Command::GetInfo).unwrap()).unwrap()
    }

    pub(crate) fn manage(
        &mut self,
        request: credential_management::Request,
    ) -> Result<credential_management::Response, Status> {
        let reply = self.send(Command::CredentialManagement(request))?;
        Ok(credential_management::Response::parse(&reply).unwrap())
    }

    /// The same by a token.
    pub(crate) fn manage_by(
        &mut self,
        token: &Token,
        request: credential_management::Request,
    ) -> Result<credential_management::Response, Status> {
        self.manage(credential_management::Request {
            pin_uv_auth_param: Some(token.authenticate(&request.authenticated_message())),
            pin_uv_auth_protocol: Some(token.protocol().number()),
            ..request
        })
    }

    pub(crate) fn bio(&mut self, request: bio_enrollment::Request) -> Result<bio_enrollment::Response, Status> {
        let reply = self.send(Command::BioEnrollment(request))?;
        Ok(bio_enrollment::Response::parse(&reply).unwrap())
    }

    pub(crate) fn bio_by(
        &mut self,
        token: &Token,
        request: bio_enrollment::Request,
    ) -> Result<bio_enrollment::Response, Status> {
        self.bio(bio_enrollment::Request {
            pin_uv_auth_param: Some(token.authenticate(&request.authenticated_message())),
            pin_uv_auth_protocol: Some(token.protocol().number()),
            ..request
        })
    }

    /// Enrolls a finger from its first sample to its last.
    pub(crate) fn enroll(&mut self, token: &Token, finger: u64) -> Vec<u8> {
        use crate::env::Scan;
        self.person.push_scan(Scan::Finger(finger));
        let begun = self.bio_by(token, bio_enrollment::Request::new(bio_enrollment::SubCommand::EnrollBegin));
        let begun = begun.unwrap();
        let id = begun.template_id.unwrap();
        for _ in 0..begun.remaining_samples.unwrap() {
            self.person.push_scan(Scan::Finger(finger));
            let params = bio_enrollment::SubCommandParams { template_id: Some(id.clone()), ..Default::default() };
            let next = bio_enrollment::Request::new(bio_enrollment::SubCommand::EnrollCaptureNextSample).with(params);
            self.bio_by(token, next).unwrap();
        }
        id
    }

    /// With a PIN, and a finger that is enrolled.
    pub(crate) fn with_finger(config: KeyConfig, finger: u64) -> Self {
        let mut bench = Self::with_pin(config);
        let token = bench.token(client_pin::permission::BE, None, Protocol::Two);
        bench.enroll(&token, finger);
        bench.person.take_asked();
        bench
    }

    pub(crate) fn config(&mut self, request: config::Request) -> Result<(), Status> {
        self.send(Command::Config(request)).map(|reply| assert!(reply.is_empty()))
    }

    pub(crate) fn config_by(&mut self, token: &Token, request: config::Request) -> Result<(), Status> {
        self.config(config::Request {
            pin_uv_auth_param: Some(token.authenticate(&request.authenticated_message())),
            pin_uv_auth_protocol: Some(token.protocol().number()),
            ..request
        })
    }

    pub(crate) fn blobs(&mut self, request: large_blobs::Request) -> Result<Option<Vec<u8>>, Status> {
        let reply = self.send(Command::LargeBlobs(request))?;
        Ok(large_blobs::Response::parse(&reply).unwrap().config)
    }

    pub(crate) fn retries(&mut self) -> u64 {
        self.pin(client_pin::Request::new(SubCommand::GetPinRetries)).unwrap().pin_retries.unwrap()
    }
}

pub(crate) fn pin_request(sub_command: SubCommand, protocol: Protocol) -> client_pin::Request {
    client_pin::Request { pin_uv_auth_protocol: Some(protocol.number()), ..client_pin::Request::new(sub_command) }
}

/// A registration that is right for any authenticator without PIN.
pub(crate) fn good_make() -> make_credential::Request {
    make_credential::Request {
        client_data_hash: HASH,
        rp: RpEntity { id: RP_ID.to_owned(), name: None },
        user: user(1),
        pub_key_cred_params: [Parameter::public_key(-7)].into_iter().collect(),
        exclude_list: None,
        extensions: None,
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
        enterprise_attestation: None,
        attestation_formats_preference: None,
    }
}

/// The same for a discoverable credential of this account.
pub(crate) fn discoverable(account: u8) -> make_credential::Request {
    let options = Options { rk: Some(true), ..Options::default() };
    make_credential::Request { user: user(account), options, ..good_make() }
}

pub(crate) fn user(account: u8) -> UserEntity {
    UserEntity {
        id: vec![account; 16],
        name: Some(format!("user-{account}")),
        display_name: Some(format!("User {account}")),
    }
}

/// A sign-in; without ids, for any discoverable credential.
pub(crate) fn good_get(ids: &[&[u8]]) -> get_assertion::Request {
    get_assertion::Request {
        rp_id: RP_ID.to_owned(),
        client_data_hash: HASH,
        allow_list: (!ids.is_empty()).then(|| ids.iter().map(|id| Descriptor::public_key(*id)).collect()),
        extensions: None,
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
    }
}

/// The credential id of a registration.
pub(crate) fn id_of(data: &AuthenticatorData) -> Vec<u8> {
    data.attested.as_ref().unwrap().credential_id.clone()
}

/// The same request by a token.
pub(crate) fn by(token: &Token, request: make_credential::Request) -> make_credential::Request {
    make_credential::Request {
        pin_uv_auth_param: Some(token.authenticate(&request.client_data_hash)),
        pin_uv_auth_protocol: Some(token.protocol().number()),
        ..request
    }
}

/// The same request by a token.
pub(crate) fn get_by(token: &Token, request: get_assertion::Request) -> get_assertion::Request {
    get_assertion::Request {
        pin_uv_auth_param: Some(token.authenticate(&request.client_data_hash)),
        pin_uv_auth_protocol: Some(token.protocol().number()),
        ..request
    }
}

/// The same request with extensions.
pub(crate) fn extended(request: make_credential::Request, extensions: Extensions) -> make_credential::Request {
    make_credential::Request { extensions: Some(extensions), ..request }
}

/// The status of an outcome.
#[track_caller]
pub(crate) fn status<T>(outcome: Result<T, Status>) -> Status {
    outcome.map_or_else(|status| status, |_| Status::OK)
}
