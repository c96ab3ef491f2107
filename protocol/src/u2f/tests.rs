use super::apdu::{open, seal};
use super::response::Malformed;
use super::*;

const LONG: StatusWord = StatusWord::WRONG_LENGTH;

fn authenticate(control: Control) -> Request {
    Request::Authenticate { control, challenge: [1; 32], application: [2; 32], key_handle: vec![3; 64] }
}

#[test]
fn requests_both_ways_in_both_forms() {
    for request in [
        Request::Register { challenge: [1; 32], application: [2; 32] },
        authenticate(Control::CheckOnly),
        authenticate(Control::EnforceUserPresence),
        authenticate(Control::DontEnforceUserPresence),
        Request::Version,
    ] {
        assert_eq!(Request::parse(&request.to_bytes()), Ok(request.clone()));
        let apdu = request.to_apdu();
        for expected in [None, Some(1), Some(256), Some(65_536)] {
            let apdu = Apdu { expected, ..apdu.clone() };
            assert_eq!(Apdu::parse(&apdu.to_bytes()), Ok(apdu.clone()), "{expected:?}");
            if let Some(short) = apdu.to_short_bytes() {
                assert_eq!(Apdu::parse(&short), Ok(apdu.clone()), "{expected:?}");
                assert_eq!(Request::parse(&short), Ok(request.clone()));
            }
        }
    }
}

#[test]
fn requests_that_are_none() {
    let data = |length: usize| [vec![0, 1, 3, 0, 0, 0, u8::try_from(length).unwrap()], vec![7; length]].concat();
    let mut check = authenticate(Control::CheckOnly).to_bytes();
    assert!(Request::parse(&check).is_ok());
    check[2] = 0x01;
    let wrong_control = check.clone();
    check[2] = 0x07;
    check[7 + 64] = 63;
    for (bytes, expected) in [
        (data(64), None),
        (data(63), Some(LONG)),
        (data(65), Some(LONG)),
        (vec![0, 1, 3], Some(LONG)),
        (vec![], Some(LONG)),
        (vec![0, 3, 0, 0], None),
        (vec![0, 3, 0, 0, 0], None),
        (vec![0, 3, 0, 0, 0, 0, 0], None),
        (vec![0, 3, 0, 0, 0, 0, 0, 0, 0], None),
        (vec![0, 3, 0, 0, 1, 9, 0], Some(LONG)),
        (vec![0, 3, 0, 0, 0, 0, 1, 9, 0, 0], Some(LONG)),
        (vec![0, 3, 0, 0, 0, 0, 9, 9], Some(LONG)),
        (vec![0, 3, 0, 0, 9, 9], Some(LONG)),
        (vec![0, 3, 0, 0, 0, 0, 0, 9], Some(LONG)),
        (vec![1, 3, 0, 0], Some(StatusWord::CLA_NOT_SUPPORTED)),
        (vec![0, 4, 0, 0], Some(StatusWord::INS_NOT_SUPPORTED)),
        (wrong_control, Some(StatusWord::INCORRECT_PARAMETERS)),
        (check, Some(LONG)),
    ] {
        assert_eq!(Request::parse(&bytes).err(), expected, "{bytes:02x?}");
    }
}

#[test]
fn answers_both_ways() {
    let certificate = vec![0x30, 0x03, 0x02, 0x01, 0x05];
    let made = Registration { public_key: [4; 65], key_handle: vec![7; 62], certificate, signature: vec![8; 70] };
    let bytes = made.to_bytes();
    assert_eq!(Registration::parse(&bytes), Ok(made));
    let end = bytes.len() - 70;
    assert_eq!(Registration::parse(&bytes[..end]), Err(Malformed::Truncated));
    assert_eq!(Registration::parse(&bytes[..end - 1]), Err(Malformed::Certificate));
    assert_eq!(Registration::parse(&bytes[..60]), Err(Malformed::Truncated));
    assert_eq!(Registration::parse(&bytes[1..]), Err(Malformed::Reserved));
    let signed = Authentication { user_presence: 1, counter: 0x0102_0304, signature: vec![8; 70] };
    let bytes = signed.to_bytes();
    assert_eq!((&bytes[..5], Authentication::parse(&bytes)), (&[1, 1, 2, 3, 4][..], Ok(signed)));
    assert_eq!(Authentication::parse(&bytes[..5]), Err(Malformed::Truncated));
}

#[test]
fn status_words() {
    assert_eq!(seal(Ok(VERSION.to_vec())), b"U2F_V2\x90\x00");
    assert_eq!(open(b"U2F_V2\x90\x00"), Ok(VERSION));
    assert_eq!(open(&seal(Err(StatusWord::WRONG_DATA))), Err(StatusWord::WRONG_DATA));
    assert_eq!(open(&[0x90]), Err(StatusWord::UNKNOWN));
    assert_eq!(StatusWord::WRONG_DATA.to_string(), "WRONG_DATA (0x6a80)");
}

#[test]
fn signed_messages() {
    assert_eq!(registration_message(&[1; 32], &[2; 32], &[3; 4], &[4; 65]).len(), 1 + 32 + 32 + 4 + 65);
    let message = authentication_message(&[1; 32], 1, 2, &[3; 32]);
    assert_eq!((&message[32..37], message.len()), (&[1, 0, 0, 0, 2][..], 69));
}
