//! authenticatorMakeCredential by this lab's key and by the crate `passkey-authenticator`: both in
//! process, discoverable, in memory, with keys from the system's generator. Ours reads the request
//! from CBOR, attests and writes the reply; theirs is called with the request as a value, and does not attest.
//!
//! Beside that what cannot be saved, one key and one signature, and authenticatorGetAssertion by a thousand
//! credentials in turn, of a thousand and of a hundred thousand that are kept.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use assay_authenticator_sim::attestation::Attestation;
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::env::{Env, MemoryStore, Store as _};
use assay_authenticator_sim::operation::Operation;
use assay_authenticator_sim::state::{Change, Secret, StoredCredential};
use assay_mint::lab::{Lab, MODEL};
use assay_protocol::ctap2::entity::{Descriptor, Options, Parameter, Parameters, RpEntity, UserEntity};
use assay_protocol::ctap2::{Command, get_assertion, make_credential};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use passkey_authenticator::{UiHint, UserCheck, UserValidationMethod};
use passkey_crypto::{AvailableBackend, iana};
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use passkey_types::webauthn;

use crate::race::Contestant;

pub(crate) const OURS: &str = "makeCredential, packed with certificates";
pub(crate) const THEIRS: &str = "makeCredential of passkey-authenticator 0.6, none";
pub(crate) const BARE: &str = "one P-256 key and one signature, aws-lc-rs";
pub(crate) const SIGNATURE: &str = "one P-256 signature, aws-lc-rs";
pub(crate) const AMONG_FEW: &str = "getAssertion, 1,000 kept, in turn";
pub(crate) const AMONG_MANY: &str = "getAssertion, 100,000 kept, 1,000 in turn";

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
    let (random, message) = (SystemRandom::new(), [7; 200]);
    let signer = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
    vec![
        Contestant::new(BARE, move || {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
            black_box(pair.sign(&random, black_box(&message)).expect("a signature"));
        }),
        Contestant::new(SIGNATURE, move || {
            black_box(signer.sign(&SystemRandom::new(), black_box(&message)).expect("a signature"));
        }),
        sign_in(AMONG_FEW, 1_000),
        sign_in(AMONG_MANY, 100_000),
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

/// A key that keeps so many credentials of as many RPs, and is asked for a thousand of them again and again.
fn sign_in(name: &'static str, kept: u32) -> Contestant {
    let (mut key, mut requests) = (None, Vec::new());
    let mut turn = 0;
    Contestant::new(name, move || {
        let key = key.get_or_insert_with(|| {
            requests = (0..kept).filter(|number| number % (kept / 1_000) == 0).map(our_sign_in).collect();
            filled(kept)
        });
        turn += 1;
        let request = requests.get(turn % requests.len()).expect("a request");
        let reply = key.handle(black_box(request), &Operation::new());
        assert_eq!(reply.first(), Some(&0), "{reply:02x?}");
        black_box(reply);
    })
}

/// A key with a full store.
fn filled(kept: u32) -> Authenticator {
    let credential = |number: u32| StoredCredential {
        id: Secret(id(number)),
        rp_id: rp_id(number),
        rp_name: None,
        user_id: Secret(number.to_be_bytes().to_vec()),
        user_name: Some("alice".to_owned()),
        user_display_name: None,
        alg: -7,
        private_key: Secret([&[0x11; 28][..], &number.to_be_bytes()].concat()),
        cred_protect: 1,
        sign_count: 0,
        cred_blob: None,
        large_blob_key: None,
        third_party_payment: false,
    };
    let mut store = MemoryStore::default();
    let fresh = Authenticator::new(KeyConfig::security_key(), Env { store: Box::new(store.clone()), ..Env::system() });
    let state = fresh.expect("a key").state().clone();
    let puts: Vec<Change> = (0..kept).map(|number| Change::Put(Box::new(credential(number)))).collect();
    store.save(&puts, &state).expect("a store");
    let env = Env { store: Box::new(store), ..Env::system() };
    Authenticator::new(KeyConfig::security_key(), env).expect("a key")
}

fn id(number: u32) -> Vec<u8> {
    [&number.to_be_bytes()[..], &[0x77; 28]].concat()
}

fn rp_id(number: u32) -> String {
    format!("rp-{number}.example")
}

fn our_sign_in(number: u32) -> Vec<u8> {
    let request = get_assertion::Request {
        rp_id: rp_id(number),
        client_data_hash: HASH,
        allow_list: Some(vec![Descriptor::public_key(id(number))]),
        extensions: None,
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
    };
    Command::GetAssertion(request).to_bytes()
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
