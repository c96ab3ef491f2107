use assay_protocol::ctap2::Command;
use assay_protocol::ctap2::get_info::Response;

use crate::config::{KeyConfig, PinConfig};
use crate::testing::{Bench, PIN, discoverable};

fn info(bench: &mut Bench) -> Response {
    Response::parse(&bench.send(Command::GetInfo).unwrap()).unwrap()
}

#[test]
fn a_security_key_introduces_itself() {
    let mut bench = Bench::new();
    let before = info(&mut bench);
    assert_eq!(before.versions, ["FIDO_2_0", "FIDO_2_1"]);
    assert_eq!(before.option("clientPin"), Some(false));
    assert_eq!(before.option("pinUvAuthToken"), Some(true));
    assert_eq!(before.option("rk"), Some(true));
    assert_eq!(before.option("uv"), None);
    assert_eq!(before.pin_uv_auth_protocols, Some(vec![2, 1]));
    assert_eq!(before.remaining_discoverable_credentials, Some(100));
    bench.make(discoverable(1)).unwrap();
    bench.set_pin(PIN, assay_protocol::pin_uv::Protocol::Two).unwrap();
    let after = info(&mut bench);
    assert_eq!(after.option("clientPin"), Some(true));
    assert_eq!(after.remaining_discoverable_credentials, Some(99));
}

#[test]
fn what_is_not_there_is_not_told() {
    let pin = PinConfig { supported: false, ..PinConfig::default() };
    let config = KeyConfig { pin, discoverable: false, extensions: Vec::new(), ..KeyConfig::security_key() };
    let info = info(&mut Bench::with(config));
    for option in ["clientPin", "pinUvAuthToken", "noMcGaPermissionsWithClientPin", "rk", "alwaysUv"] {
        assert_eq!(info.option(option), None, "{option}");
    }
    assert_eq!((info.pin_uv_auth_protocols, info.min_pin_length, info.extensions), (None, None, None));
}

#[test]
fn always_uv_outdoes_make_cred_uv_not_rqd() {
    let config = KeyConfig { always_uv: true, ..KeyConfig::security_key() };
    let info = info(&mut Bench::with(config));
    assert_eq!((info.option("alwaysUv"), info.option("makeCredUvNotRqd")), (Some(true), Some(false)));
}
