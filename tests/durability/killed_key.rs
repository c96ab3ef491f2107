//! A served key that is killed in the middle of its work: what it has acknowledged, it keeps.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use assay::keys::channel;
use assay_client::Client;
use assay_client::error::ClientError;
use assay_client::pin;
use assay_client::user::{Nobody, PinRequest, User};
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::entity::{Descriptor, Options, Parameter, Parameters, RpEntity, UserEntity};
use assay_protocol::ctap2::{get_assertion, make_credential};
use assay_transport::Channel;
use assay_transport::udp::UdpReports;

use crate::support::command::{Lasting, assay, run};
use crate::support::place::Place;

const RP_ID: &str = "example.org";

/// How often it is killed: each time a little later, so that every part of its work is met.
const KILLS: u64 = 8;

fn served(place: &Place) -> (Lasting, Channel) {
    let key = Lasting::start(&mut assay(place, ["key", "serve", "sim:desk"]));
    let address = key.text("address").parse().unwrap();
    let channel = channel(Box::new(UdpReports::connect(address).unwrap())).unwrap();
    (key, channel)
}

fn client() -> Client {
    Client::new("https://example.org", Box::new(Nobody)).unwrap()
}

/// Somebody who types this once.
struct Types(Option<String>);

impl User for Types {
    fn pin(&mut self, _request: &PinRequest) -> Option<String> {
        self.0.take()
    }
}

fn typing(pin: &str) -> Client {
    Client::new("https://example.org", Box::new(Types(Some(pin.to_owned())))).unwrap()
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

fn make(client: &mut Client, channel: &mut Channel, user: u64, deadline: Instant) -> Result<Vec<u8>, ClientError> {
    let request = make_credential::Request {
        client_data_hash: [7; 32],
        rp: RpEntity { id: RP_ID.to_owned(), name: None },
        user: UserEntity { id: user.to_be_bytes().to_vec(), name: Some("ada".to_owned()), display_name: None },
        pub_key_cred_params: Parameters { entries: vec![Parameter::public_key(-7)], defect: None },
        exclude_list: None,
        extensions: None,
        options: Options { rk: Some(true), ..Options::default() },
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
        enterprise_attestation: None,
        attestation_formats_preference: None,
    };
    let made = client.authenticator(channel, deadline).make_credential(request)?;
    Ok(AuthenticatorData::parse(&made.auth_data).unwrap().attested.unwrap().credential_id)
}

fn signs(client: &mut Client, channel: &mut Channel, id: &[u8]) -> bool {
    let request = get_assertion::Request {
        rp_id: RP_ID.to_owned(),
        client_data_hash: [8; 32],
        allow_list: Some(vec![Descriptor::public_key(id)]),
        extensions: None,
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
    };
    client.authenticator(channel, soon()).get_assertion(request).is_ok()
}

#[test]
fn no_credential_is_lost_that_was_acknowledged() {
    let place = Place::new();
    run(&mut assay(&place, ["key", "new", "desk"])).expect(0);
    let mut acknowledged: Vec<Vec<u8>> = Vec::new();
    let mut users = 0_u64..;
    for kill in 0..KILLS {
        let (mut key, mut channel) = served(&place);
        let mut client = client();
        for id in &acknowledged {
            assert!(signs(&mut client, &mut channel, id), "kill {kill}: one of {} is gone", acknowledged.len());
        }
        let gone = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(20 + 7 * kill));
                key.kill();
                gone.store(true, Ordering::SeqCst);
            });
            while !gone.load(Ordering::SeqCst) {
                let deadline = Instant::now() + Duration::from_millis(200);
                // Whoever gets no answer does not know.
                acknowledged.extend(make(&mut client, &mut channel, users.next().unwrap(), deadline));
            }
        });
    }
    assert!(acknowledged.len() > 5, "it was killed before it had done anything");
}

#[test]
fn no_wrong_pin_is_forgotten() {
    let place = Place::new();
    run(&mut assay(&place, ["key", "new", "desk"])).expect(0);
    let (mut key, mut channel) = served(&place);
    let mut one = client();
    let info = one.authenticator(&mut channel, soon()).get_info().unwrap();
    pin::set_pin(&mut one.authenticator(&mut channel, soon()), &info, "2580").unwrap();
    for left in [7, 6, 5] {
        let wrong = pin::token(&mut typing("0000").authenticator(&mut channel, soon()), &info, 1, Some(RP_ID));
        key.kill();
        assert!(wrong.is_err());
        (key, channel) = served(&place);
        let told = pin::retries(&mut one.authenticator(&mut channel, soon()), &info).unwrap();
        assert_eq!(told.pin, Some(left));
    }
    let right = pin::token(&mut typing("2580").authenticator(&mut channel, soon()), &info, 1, Some(RP_ID));
    assert!(right.is_ok());
}
