use assay_mint::lab::Lab;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::cose::{Curve, PublicKey, alg};
use assay_protocol::ctap2::{Command, Extensions, Status, get_assertion};
use assay_protocol::digest::sha256;
use assay_protocol::signature::verify;
use assay_protocol::u2f::apdu::open;
use assay_protocol::u2f::{
    Authentication, Control, Registration, Request, StatusWord, VERSION, authentication_message, registration_message,
};

use crate::attestation::U2fAttestation;
use crate::config::KeyConfig;
use crate::env::{Purpose, Touch};
use crate::testing::{Bench, HASH, RP_ID, discoverable, extended, good_get, good_make, id_of, status};

fn chain() -> assay_mint::chain::Chain {
    Lab::new([3; 32], 1_795_000_000).u2f("test")
}

fn both() -> Bench {
    Bench::with(KeyConfig { u2f: Some(U2fAttestation::new(&chain()).unwrap()), ..KeyConfig::ctap_2_3() })
}

fn application() -> [u8; 32] {
    sha256(RP_ID.as_bytes())
}

fn send(bench: &mut Bench, request: &Request) -> Result<Vec<u8>, StatusWord> {
    let answer = bench.key.handle_u2f(&request.to_bytes());
    open(&answer).map(<[u8]>::to_vec)
}

fn register(bench: &mut Bench) -> Result<Registration, StatusWord> {
    let request = Request::Register { challenge: HASH, application: application() };
    send(bench, &request).map(|body| Registration::parse(&body).unwrap())
}

fn sign(bench: &mut Bench, control: Control, key_handle: &[u8]) -> Result<Authentication, StatusWord> {
    let request =
        Request::Authenticate { control, challenge: HASH, application: application(), key_handle: key_handle.to_vec() };
    send(bench, &request).map(|body| Authentication::parse(&body).unwrap())
}

fn point(bytes: &[u8; 65]) -> PublicKey {
    PublicKey::Ec2 { curve: Curve::P256, x: bytes[1..33].to_vec(), y: bytes[33..].to_vec() }
}

#[test]
fn a_registration_and_a_signature() {
    for mut bench in [both(), Bench::with(KeyConfig::u2f_only(U2fAttestation::new(&chain()).unwrap()))] {
        assert_eq!(send(&mut bench, &Request::Version), Ok(VERSION.to_vec()));
        let made = register(&mut bench).unwrap();
        let chain = chain();
        assert_eq!(made.certificate, chain.issue().unwrap().leaf);
        let message = registration_message(&application(), &HASH, &made.key_handle, &made.public_key);
        verify(alg::ES256, &chain.leaf.key.public_key(), &message, &made.signature).unwrap();
        let mut last = 0;
        for (control, presence) in [(Control::EnforceUserPresence, 1), (Control::DontEnforceUserPresence, 0)] {
            let signed = sign(&mut bench, control, &made.key_handle).unwrap();
            assert_eq!(signed.user_presence, presence);
            assert!(signed.counter > last);
            last = signed.counter;
            let message = authentication_message(&application(), presence, signed.counter, &HASH);
            verify(alg::ES256, &point(&made.public_key), &message, &signed.signature).unwrap();
        }
        assert_eq!(sign(&mut bench, Control::CheckOnly, &made.key_handle), Err(StatusWord::CONDITIONS_NOT_SATISFIED));
    }
}

#[test]
fn what_is_refused() {
    let mut bench = both();
    let made = register(&mut bench).unwrap();
    let mut foreign = made.key_handle.clone();
    foreign[0] ^= 1;
    for control in [Control::CheckOnly, Control::EnforceUserPresence, Control::DontEnforceUserPresence] {
        for handle in [&foreign[..], &made.key_handle[1..], &[]] {
            assert_eq!(sign(&mut bench, control, handle).unwrap_err(), StatusWord::WRONG_DATA);
        }
        let other = Request::Authenticate {
            control,
            challenge: HASH,
            application: sha256(b"other.example"),
            key_handle: made.key_handle.clone(),
        };
        assert_eq!(send(&mut bench, &other), Err(StatusWord::WRONG_DATA));
    }
    for touch in [Touch::Denied, Touch::TimedOut, Touch::Cancelled] {
        bench.person.push(touch);
        assert_eq!(register(&mut bench).unwrap_err(), StatusWord::CONDITIONS_NOT_SATISFIED);
        bench.person.push(touch);
        let signed = sign(&mut bench, Control::EnforceUserPresence, &made.key_handle);
        assert_eq!(signed.unwrap_err(), StatusWord::CONDITIONS_NOT_SATISFIED);
    }
    for (bytes, expected) in [
        (&[0, 3, 0, 0][..], 0x9000_u16),
        (&[1, 3, 0, 0], 0x6e00),
        (&[0, 9, 0, 0], 0x6d00),
        (&[0, 1, 0, 0], 0x6700),
        (&[0], 0x6700),
    ] {
        let answer = bench.key.handle_u2f(bytes);
        assert_eq!(answer[answer.len() - 2..], expected.to_be_bytes(), "{bytes:02x?}");
    }
    // A key without it knows no instruction; one that always verifies allows none.
    assert_eq!(send(&mut Bench::new(), &Request::Version), Err(StatusWord::INS_NOT_SUPPORTED));
    let config = KeyConfig { always_uv: true, ..both().key.config().clone() };
    let mut always = Bench::with(config);
    assert_eq!(register(&mut always).unwrap_err(), StatusWord::COMMAND_NOT_ALLOWED);
    assert!(!always.info().has_version("U2F_V2"));
    assert!(bench.info().has_version("U2F_V2"));
}

#[test]
fn either_protocol_uses_what_the_other_made() {
    let mut bench = both();
    let made = register(&mut bench).unwrap();
    let got: get_assertion::Response = bench.get(good_get(&[&made.key_handle])).unwrap();
    let message = [got.auth_data.as_slice(), &HASH].concat();
    verify(alg::ES256, &point(&made.public_key), &message, &got.signature).unwrap();
    assert!(AuthenticatorData::parse(&got.auth_data).unwrap().flags.up());
    for request in [good_make(), discoverable(1)] {
        let id = id_of(&bench.make(request).unwrap());
        assert!(sign(&mut bench, Control::EnforceUserPresence, &id).is_ok());
    }
    for (level, expected) in [(2, None), (3, Some(StatusWord::WRONG_DATA))] {
        let extensions = Extensions::default().with("credProtect", level);
        let id = id_of(&bench.make(extended(good_make(), extensions)).unwrap());
        assert_eq!(sign(&mut bench, Control::EnforceUserPresence, &id).err(), expected, "{level}");
    }
    bench.person.take_asked();
    register(&mut bench).unwrap();
    assert_eq!(bench.person.take_asked()[0].purpose, Purpose::Register);
    bench.send(Command::Reset).unwrap();
    assert_eq!(sign(&mut bench, Control::CheckOnly, &made.key_handle).unwrap_err(), StatusWord::WRONG_DATA);
}

#[test]
fn a_key_of_ctap1_alone_knows_no_command_of_ctap2() {
    let mut bench = Bench::with(KeyConfig::u2f_only(U2fAttestation::new(&chain()).unwrap()));
    for byte in [0x01, 0x02, 0x04, 0x06, 0x07, 0x0b] {
        assert_eq!(status(bench.raw(&[byte])), Status::INVALID_COMMAND);
    }
}

#[test]
fn hostile_bytes_never_panic() {
    let mut bench = both();
    let made = register(&mut bench).unwrap();
    let good = Request::Authenticate {
        control: Control::EnforceUserPresence,
        challenge: HASH,
        application: application(),
        key_handle: made.key_handle,
    }
    .to_bytes();
    for end in 0..good.len() {
        assert_ne!(bench.key.handle_u2f(&good[..end]), [0x90, 0x00]);
    }
    for at in 0..good.len() {
        for value in [0x00, 0x7f, 0xff] {
            let mut other = good.clone();
            other[at] = value;
            assert!(bench.key.handle_u2f(&other).len() >= 2);
        }
    }
}
