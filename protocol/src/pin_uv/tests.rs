//! The vectors of WebAuthn Level 3 (section 16.2, PRF over CTAP), and what must fail.

use super::*;

const PLATFORM_SECRET: &str = "0971bc7fb1be48270adcd3d9a5fc15d5fb0f335b3071ff36a54c007fa6c76514";
const AUTHENTICATOR_X: &str = "a30522c2de402b561965c3cf949a1cab020c6f6ea36fcf7e911ac1a0f1515300";
const AUTHENTICATOR_Y: &str = "9961a929abdb2f42e6566771887d41484d889e735e3248518a53112d2b915f00";
const CRED_RANDOM: &str = "437e065e723a98b2f08f39d8baf7c53ecb3c363c5e5104bdaaf5d5ca2e028154";

struct Vector {
    protocol: Protocol,
    shared_secret: &'static str,
    salts: &'static [&'static str],
    salt_enc: &'static str,
    outputs: &'static [&'static str],
    output_enc: &'static str,
}

const SECRET_TWO: &str = "0c63083de8170101d38bcf8bd72309568ddb4550867e23404b35d85712f7c20d8bc911ee23c06034cbc14290b9669bec07739053c5a416e313ef905c79955876";
const SALT_1: &str = "527413ebb48293772df30f031c5ac4650c7de14bf9498671ae163447b6a772b3";
const SALT_2: &str = "d68ac03329a10ee5e0ec834492bb9a96a0e547baf563bf78ccbe8789b22e776b";
const OUTPUT_1: &str = "3c33e07d202c3b029cc21f1722767021bf27d595933b3d2b6a1b9d5dddc77fae";
const OUTPUT_2: &str = "a62a8773b19cda90d7ed4ef72a80a804320dbd3997e2f663805ad1fd3293d50b";

const VECTORS: &[Vector] = &[
    Vector {
        protocol: Protocol::Two,
        shared_secret: SECRET_TWO,
        salts: &[SALT_1],
        salt_enc: "23dde5e3462daf36559b85c4ac5f9656aa9bfd81c1dc2bf8533c8b9f3882854786b4f500e25b4e3d81f7fc7c74236229",
        outputs: &[OUTPUT_1],
        output_enc: "3bfaa48f7952330d63e35ff8cd5bca48d2a12823828915749287256ab146272f9fb437bf65691243c3f504bd7ea6d5e6",
    },
    Vector {
        protocol: Protocol::Two,
        shared_secret: SECRET_TWO,
        salts: &[SALT_1, SALT_2],
        salt_enc: "d9f4236403e0fe843a8e4e5be764d120904c198ad6e77b089876a3391961f183b0008b4ca66b91cd72aa35b6151ff981f6e5649f3c040e6615ad7dd8ae96ef23b229a5c97c3f0dcd8605eee166ce163a",
        outputs: &[OUTPUT_1, OUTPUT_2],
        output_enc: "90ee52f739043bc17b3488a74306d7801debb5b61f18662c648a25b5b5678ede482cdaff99a537a44f064fcb10ce6e04dfd27619dc96a0daff8507e499296b1eecf0981f7c8518b277a7a3018f5ec6fb",
    },
    Vector {
        protocol: Protocol::One,
        shared_secret: "23e5ed7157c25892b77732fb9c8a107e3518800db2af4142f9f4adfacb771d39",
        salts: &[SALT_1],
        salt_enc: "ab8c878bb05d04700f077ed91845ec9c503c925cb12b327ddbeb4243c397f913",
        outputs: &[OUTPUT_1],
        output_enc: "15d4e4f3f04109b492b575c1b38c28585b6719cf8d61304215108d939f37ccfb",
    },
];

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn array<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().unwrap()
}

/// The vector of a ciphertext: its first block in protocol two, zeros (unused) in protocol one.
fn iv(protocol: Protocol, sealed: &[u8]) -> [u8; 16] {
    match protocol {
        Protocol::One => [0; 16],
        Protocol::Two => sealed[..16].try_into().unwrap(),
    }
}

#[test]
fn reproduces_the_vectors_of_webauthn() {
    let platform = KeyAgreement::from_secret(&array(PLATFORM_SECRET)).unwrap();
    let peer = PublicKey::new(array(AUTHENTICATOR_X), array(AUTHENTICATOR_Y));
    for vector in VECTORS {
        let secret = platform.agree(vector.protocol, &peer).unwrap();
        assert_eq!(secret.to_bytes(), hex(vector.shared_secret));

        let (salts, sealed) = (hex(&vector.salts.concat()), hex(vector.salt_enc));
        assert_eq!(secret.encrypt(iv(vector.protocol, &sealed), &salts).unwrap(), sealed);
        assert_eq!(secret.decrypt(&sealed).unwrap(), salts);

        let cred_random = hmac::Key::new(hmac::HMAC_SHA256, &hex(CRED_RANDOM));
        let outputs: Vec<u8> =
            vector.salts.iter().flat_map(|salt| hmac::sign(&cred_random, &hex(salt)).as_ref().to_vec()).collect();
        assert_eq!(outputs, hex(&vector.outputs.concat()));
        let sealed = hex(vector.output_enc);
        assert_eq!(secret.encrypt(iv(vector.protocol, &sealed), &outputs).unwrap(), sealed);
        assert_eq!(secret.decrypt(&sealed).unwrap(), outputs);
    }
}

#[test]
fn both_halves_agree_and_tags_are_checked() {
    let platform = KeyAgreement::from_secret(&[7; 32]).unwrap();
    let authenticator = KeyAgreement::from_secret(&[9; 32]).unwrap();
    for (protocol, tag) in [(Protocol::One, 16), (Protocol::Two, 32)] {
        let ours = platform.agree(protocol, &authenticator.public_key()).unwrap();
        let theirs = authenticator.agree(protocol, &platform.public_key()).unwrap();
        assert!(ours == theirs);
        let param = ours.authenticate(b"message");
        assert_eq!(param.len(), tag);
        assert_eq!(theirs.verify(b"message", &param), Ok(()));
        assert_eq!(theirs.verify(b"massage", &param), Err(Error::Authentication));
        assert_eq!(theirs.verify(b"message", &param[1..]), Err(Error::Authentication));
        assert_eq!(theirs.verify(b"message", &[]), Err(Error::Authentication));
        assert_eq!(ours.encrypt([1; 16], &[0; 15]), Err(Error::Length));
        assert_eq!(ours.decrypt(&[0; 31]), Err(Error::Length));

        let token = Token::new(protocol, vec![3; 32]).unwrap();
        assert_eq!(token.verify(b"m", &token.authenticate(b"m")), Ok(()));
        assert_eq!(token.verify(b"m", &[0; 32]), Err(Error::Authentication));
        assert!(!format!("{token:?} {ours:?}").contains("[3"));
    }
    let two = platform.agree(Protocol::Two, &authenticator.public_key()).unwrap();
    assert_eq!(two.decrypt(&[0; 15]), Err(Error::Length));
    assert_eq!(two.decrypt(&[0; 16]), Ok(Vec::new()));
}

#[test]
fn token_lengths() {
    for (protocol, len, fits) in [
        (Protocol::One, 16, true),
        (Protocol::One, 32, true),
        (Protocol::One, 48, false),
        (Protocol::Two, 16, false),
        (Protocol::Two, 32, true),
        (Protocol::Two, 0, false),
    ] {
        assert_eq!(Token::new(protocol, vec![0; len]).is_ok(), fits, "{protocol:?} {len}");
    }
}

#[test]
fn keys_of_another_shape_are_refused() {
    let own = KeyAgreement::from_secret(&[7; 32]).unwrap();
    let good = KeyAgreement::from_secret(&[9; 32]).unwrap().public_key();
    let off_curve = PublicKey { y: good.x.clone(), ..good.clone() };
    for wrong in [
        PublicKey { kty: 1, ..good.clone() },
        PublicKey { alg: -7, ..good.clone() },
        PublicKey { crv: 2, ..good.clone() },
        PublicKey { x: good.x[1..].to_vec(), ..good.clone() },
        PublicKey { y: [&good.y[..], &[0]].concat(), ..good.clone() },
        PublicKey::new([0; 32], [0; 32]),
        PublicKey::new([0xff; 32], [0xff; 32]),
        off_curve,
    ] {
        assert_eq!(own.agree(Protocol::Two, &wrong), Err(Error::PublicKey), "{wrong:?}");
    }
    assert_eq!(KeyAgreement::from_secret(&[0; 32]).err(), Some(Error::Secret));
    assert_eq!(KeyAgreement::from_secret(&[0xff; 32]).err(), Some(Error::Secret));
}

#[test]
fn pins() {
    assert_eq!(pin_hash("1234").to_vec(), hex("03ac674216f3e15c761ee1a5e255f067"));
    for (pin, expected) in [
        ("123", Err(PinRefused::TooShort)),
        ("äöü", Err(PinRefused::TooShort)),
        ("äöüß", Ok(8)),
        (&"x".repeat(63), Ok(63)),
        (&"x".repeat(64), Err(PinRefused::TooLong)),
        (&"ä".repeat(32), Err(PinRefused::TooLong)),
    ] {
        let padded = pad_pin(pin).map(|block| block.iter().filter(|byte| **byte != 0).count());
        assert_eq!(padded, expected, "{pin}");
    }
}

#[test]
fn members_of_get_info_open_by_their_token_alone() {
    use super::persistent::Secret;
    let token = [7; 32];
    for (secret, other) in [(Secret::Identifier, Secret::CredStoreState), (Secret::CredStoreState, Secret::Identifier)]
    {
        let member = secret.seal(&token, [9; 16], &[5; 16]).unwrap();
        assert_eq!((&member[..16], member.len()), (&[9; 16][..], 32));
        assert_eq!(secret.open(&token, &member), Ok([5; 16]));
        assert_ne!(secret.open(&[8; 32], &member), Ok([5; 16]));
        assert_ne!(other.open(&token, &member), Ok([5; 16]));
        assert_eq!(secret.open(&token, &member[..31]), Err(Error::Length));
        assert_eq!(secret.open(&token, &[&member[..], &[0; 16]].concat()), Err(Error::Length));
    }
}
