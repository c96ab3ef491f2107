//! authenticatorMakeCredential by this lab's key and by the crate `passkey-authenticator`: both in
//! process, discoverable, in memory, with keys from the system's generator. Ours reads the request
//! from CBOR, attests and writes the reply; theirs is called with the request as a value, and does not attest.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use assay_authenticator_sim::attestation::Attestation;
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::env::{Env, MemoryStore};
use assay_authenticator_sim::operation::Operation;
use assay_mint::lab::{Lab, MODEL};
use assay_protocol::ctap2::entity::{Options, Parameter, Parameters, RpEntity, UserEntity};
use assay_protocol::ctap2::{Command, make_credential};
use passkey_authenticator::{UiHint, UserCheck, UserValidationMethod};
use passkey_crypto::{AvailableBackend, iana};
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use passkey_types::webauthn;

use crate::race::Contestant;

pub(crate) const OURS: &str = "makeCredential, packed with certificates";
pub(crate) const THEIRS: &str = "makeCredential of passkey-authenticator 0.6, none";

const RP_ID: &str = "example.org";
const USER: [u8; 16] = [0x55; 16];
const HASH: [u8; 32] = [0x66; 32];

pub(crate) fn contestants() -> Vec<Contestant> {
    let mut ours = our_key();
    let request = our_request();
    let mut theirs = passkey_authenticator::Authenticator::new(
        Aaguid::new_empty(),
        passkey_authenticator::MemoryStore::new(),
        Willing,
        AvailableBackend,
    );
    vec![
        Contestant::new(OURS, move || {
            let reply = ours.handle(black_box(&request), &Operation::new());
            assert_eq!(reply.first(), Some(&0), "{reply:02x?}");
            black_box(reply);
        }),
        Contestant::new(THEIRS, move || {
            // Theirs keeps every credential, ours one for each account.
            theirs.store_mut().clear();
            let response = block_on(theirs.make_credential(black_box(their_request())));
            black_box(response).expect("a credential");
        }),
    ]
}

fn our_key() -> Authenticator {
    let chain = Lab::new([6; 32], 1_795_305_600).model(MODEL);
    let attestation = Attestation::packed(&chain).and_then(Attestation::into_fast).expect("a batch");
    let config = KeyConfig { attestation, ..KeyConfig::security_key() };
    let env = Env { store: Box::new(MemoryStore::default()), ..Env::system() };
    Authenticator::new(config, env).expect("a key")
}

fn our_request() -> Vec<u8> {
    let request = make_credential::Request {
        client_data_hash: HASH,
        rp: RpEntity { id: RP_ID.to_owned(), name: Some("Example".to_owned()) },
        user: UserEntity { id: USER.to_vec(), name: Some("alice".to_owned()), display_name: Some("Alice".to_owned()) },
        pub_key_cred_params: Parameters { entries: vec![Parameter::public_key(-7)], defect: None },
        exclude_list: None,
        extensions: None,
        options: Options { rk: Some(true), ..Options::default() },
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
        enterprise_attestation: None,
        attestation_formats_preference: None,
    };
    Command::MakeCredential(request).to_bytes()
}

fn their_request() -> passkey_types::ctap2::make_credential::Request {
    passkey_types::ctap2::make_credential::Request {
        client_data_hash: HASH.to_vec().into(),
        rp: passkey_types::ctap2::make_credential::PublicKeyCredentialRpEntity {
            id: RP_ID.to_owned(),
            name: Some("Example".to_owned()),
        },
        user: webauthn::PublicKeyCredentialUserEntity {
            id: USER.to_vec().into(),
            name: "alice".to_owned(),
            display_name: "Alice".to_owned(),
        },
        pub_key_cred_params: vec![webauthn::PublicKeyCredentialParameters {
            ty: webauthn::PublicKeyCredentialType::PublicKey,
            alg: iana::Algorithm::ES256,
        }],
        exclude_list: None,
        extensions: None,
        options: passkey_types::ctap2::make_credential::Options { rk: true, up: true, uv: false },
        pin_auth: None,
        pin_protocol: None,
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
        _presence: bool,
        _verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence: true, verification: false })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// Nothing in there waits for anything.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
