//! How many registrations and sign-ins a second the simulator can do.
//!
//! `cargo run --release -p assay-authenticator-sim --example speed`

use std::error::Error;
use std::time::{Duration, Instant};

use assay_authenticator_sim::attestation::Attestation;
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::env::Env;
use assay_authenticator_sim::operation::Operation;
use assay_authenticator_sim::serve::Simulator;
use assay_mint::lab::{Lab, MODEL};
use assay_protocol::ctap2::{
    Command, Descriptor, Options, Parameter, RpEntity, UserEntity, get_assertion, make_credential, reply,
};
use assay_transport::{Cancel, Channel};

const ROUNDS: u32 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let chain = Lab::new([1; 32], 1_795_000_000).model(MODEL);
    let attestation = Attestation::packed(&chain)?.into_fast()?;
    let config = KeyConfig { attestation, ..KeyConfig::security_key() };
    let mut key = Authenticator::new(config, Env::system())?;

    let register = register().to_bytes();
    measure("makeCredential, packed with certificates", || key.handle(&register, &Operation::new()));

    let made = key.handle(&register, &Operation::new());
    let made = make_credential::Response::parse(reply::open(&made).map_err(|error| error.to_string())?)?;
    let sign_in = sign_in(made.auth_data.get(55..117).unwrap_or_default()).to_bytes();
    measure("getAssertion, allow list of one", || key.handle(&sign_in, &Operation::new()));

    let (host, simulator) = Simulator::spawn(key)?;
    let deadline = Instant::now() + Duration::from_secs(600);
    let mut channel = Channel::open(Box::new(host), [1; 8], deadline)?;
    let cancel = Cancel::new();
    measure("makeCredential over CTAPHID in memory", || {
        channel.cbor(&register, deadline, &cancel, &mut |_| {}).unwrap_or_default()
    });
    drop(simulator);
    Ok(())
}

fn measure(what: &str, mut run: impl FnMut() -> Vec<u8>) {
    let begin = Instant::now();
    let good = (0..ROUNDS).filter(|_| run().first() == Some(&0)).count();
    let rate = f64::from(ROUNDS) / begin.elapsed().as_secs_f64();
    println!("{what}: {rate:.0}/s, {good} of {ROUNDS} good");
}

fn register() -> Command {
    Command::MakeCredential(make_credential::Request {
        client_data_hash: [7; 32],
        rp: RpEntity { id: "example.org".to_owned(), name: None },
        user: UserEntity { id: vec![1; 16], ..UserEntity::default() },
        pub_key_cred_params: [Parameter::public_key(-7)].into_iter().collect(),
        exclude_list: None,
        extensions: None,
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
        enterprise_attestation: None,
        attestation_formats_preference: None,
    })
}

fn sign_in(id: &[u8]) -> Command {
    Command::GetAssertion(get_assertion::Request {
        rp_id: "example.org".to_owned(),
        client_data_hash: [3; 32],
        allow_list: Some(vec![Descriptor::public_key(id)]),
        extensions: None,
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
    })
}
