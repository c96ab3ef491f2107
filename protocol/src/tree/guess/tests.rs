use super::{Form, Wrapping, guess};
use crate::base64url;

const CLIENT_DATA: &[u8] = br#"{"type":"webauthn.get","challenge":"AA","origin":"https://a"}"#;

#[test]
fn forms() {
    let auth_data = [vec![0xff; 32], vec![0x01, 0, 0, 0, 1]].concat();
    let cases: &[(&[u8], Form, Option<Wrapping>)] = &[
        (CLIENT_DATA, Form::ClientData, None),
        (br#"{"id":"AA","response":{"attestationObject":"AA"}}"#, Form::RegistrationResponse, None),
        (br#"{"response":{"signature":"AA"}}"#, Form::AuthenticationResponse, None),
        (b" [1, 2] ", Form::Json, None),
        (b"{\"a\":", Form::Json, None),
        (b"{\"response\":{\"signature\":\"AA", Form::AuthenticationResponse, None),
        (b"{}{}", Form::Json, None),
        (b"[hello]", Form::Text, None),
        (b"hello, world", Form::Text, None),
        (b"hello", Form::Text, None),
        (b"", Form::Text, None),
        (&[0xff, 0xfe], Form::Binary, None),
        (&auth_data, Form::AuthenticatorData, None),
        (
            b"a363666d74646e6f6e656761747453746d74a0686175746844617461420102",
            Form::AttestationObject,
            Some(Wrapping::Hex),
        ),
        (b"a1 01 02", Form::Cbor, Some(Wrapping::Hex)),
        (b"0xA1:01:02", Form::Cbor, Some(Wrapping::Hex)),
        (b"a301010327200621", Form::CoseKey, Some(Wrapping::Hex)),
        (b"a363666d74646e6f6e6568617574684461746144", Form::AttestationObject, Some(Wrapping::Hex)),
        (b"30820400020101", Form::Der, Some(Wrapping::Hex)),
        (b"3003020101ff", Form::Der, Some(Wrapping::Hex)),
        (b"0123456789", Form::Binary, Some(Wrapping::Hex)),
        (b"MARY", Form::Text, None),
        (b"a3010103272006", Form::CoseKey, Some(Wrapping::Hex)),
        (b"3003020101", Form::Der, Some(Wrapping::Hex)),
        (b"deadbeef", Form::Binary, Some(Wrapping::Hex)),
        (b"MAMCAQE=", Form::Der, Some(Wrapping::Base64)),
        (
            b"-----BEGIN CERTIFICATE-----\nMAMC\r\nAQE=\n-----END CERTIFICATE-----\n",
            Form::Der,
            Some(Wrapping::Pem("CERTIFICATE".into())),
        ),
        (b"eyJhbGciOiJFUzI1NiJ9.e30.AAAA\n", Form::Jwt, None),
        (b"a.b.c", Form::Text, None),
    ];
    for (input, form, wrapping) in cases {
        let guess = guess(input);
        let shown = String::from_utf8_lossy(input);
        assert_eq!((guess.form, &guess.wrapping), (*form, wrapping), "{shown}");
    }
}

#[test]
fn base64url_client_data_comes_out_bare() {
    let guess = guess(base64url::encode(CLIENT_DATA).as_bytes());
    assert_eq!(guess.form, Form::ClientData);
    assert_eq!(guess.bytes, CLIENT_DATA);
}
