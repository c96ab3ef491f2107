//! What ctap-hid-fido2, a library by other people, reads out of a key's getInfo: one JSON object with
//! the members of `assay key info`. What the key does not tell is a zero, or empty: that library does
//! not keep the two apart.
//!
//! `assay-second-opinion /dev/hidraw0`

use std::process::ExitCode;

use ctap_hid_fido2::{FidoKeyHidFactory, HidParam, LibCfg};
use serde_json::{Map, Value, json};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: assay-second-opinion /dev/hidrawN");
        return ExitCode::from(2);
    };
    let key = FidoKeyHidFactory::create_by_params(&[HidParam::Path(path.clone())], &LibCfg::init());
    // The library has no public name for what it answers.
    let info = match key.and_then(|key| key.get_info()) {
        Ok(info) => info,
        Err(error) => {
            eprintln!("{path}: {error:#}");
            return ExitCode::from(2);
        }
    };
    let options: Map<String, Value> = info.options.iter().map(|(name, on)| (name.clone(), (*on).into())).collect();
    let algorithms = info.algorithms.iter().filter(|(name, _)| name == "alg");
    let members = json!({
        "aaguid": info.aaguid.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        "versions": info.versions,
        "extensions": info.extensions,
        "options": options,
        "maxMsgSize": info.max_msg_size,
        "pinUvAuthProtocols": info.pin_uv_auth_protocols,
        "maxCredentialCountInList": info.max_credential_count_in_list,
        "maxCredentialIdLength": info.max_credential_id_length,
        "transports": info.transports,
        "algorithms": algorithms.filter_map(|(_, value)| value.parse().ok()).collect::<Vec<i64>>(),
        "minPINLength": info.min_pin_length,
        "firmwareVersion": info.firmware_version,
        "remainingDiscoverableCredentials": info.remaining_discoverable_credentials,
    });
    println!("{members}");
    ExitCode::SUCCESS
}
