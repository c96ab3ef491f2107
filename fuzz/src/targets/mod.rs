//! What is fuzzed: functions over bytes that panic where a promise is broken, each with good inputs
//! to start from. The same functions run over every seed and reproducer in an ordinary test.

mod attestation_object;
mod authenticator_data;
mod cbor_tree;
mod ceremony;
mod certificate;
mod certificate_path;
mod client_data;
mod control;
mod cose_key;
mod ctap2;
mod ctaphid;
mod dbsc;
mod der_tree;
mod format;
mod good;
mod inspect;
mod json_tree;
mod key_state;
mod managed_key;
mod metadata;
mod rest_body;
mod virtual_device;
mod webauthn_json;
mod why;

/// Something that reads bytes from strangers.
pub(crate) struct Target {
    /// Its name, that of its folders too.
    pub(crate) name: &'static str,
    /// Takes any bytes, and panics where a promise is broken.
    pub(crate) run: fn(&[u8]),
    /// Good inputs, the same each time.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
    /// The longest input that is tried, in bytes.
    pub(crate) longest: usize,
}

/// Long enough for quadratic work to show as a timeout.
const LONG: usize = 64 * 1024;

/// Every target.
pub(crate) const ALL: &[Target] = &[
    Target {
        name: "attestation_object",
        run: attestation_object::run,
        seeds: attestation_object::seeds,
        longest: LONG,
    },
    Target {
        name: "authenticator_data",
        run: authenticator_data::run,
        seeds: authenticator_data::seeds,
        longest: LONG,
    },
    Target { name: "cbor_tree", run: cbor_tree::run, seeds: cbor_tree::seeds, longest: LONG },
    Target { name: "ceremony", run: ceremony::run, seeds: ceremony::seeds, longest: 16 * 1024 },
    Target { name: "certificate", run: certificate::run, seeds: certificate::seeds, longest: LONG },
    Target { name: "certificate_path", run: certificate_path::run, seeds: certificate_path::seeds, longest: LONG },
    Target { name: "client_data", run: client_data::run, seeds: client_data::seeds, longest: LONG },
    Target { name: "cose_key", run: cose_key::run, seeds: cose_key::seeds, longest: 16 * 1024 },
    Target { name: "control", run: control::run, seeds: control::seeds, longest: 4 * 1024 },
    Target { name: "ctap2", run: ctap2::run, seeds: ctap2::seeds, longest: 8 * 1024 },
    Target { name: "ctaphid", run: ctaphid::run, seeds: ctaphid::seeds, longest: 16 * 1024 },
    Target { name: "dbsc", run: dbsc::run, seeds: dbsc::seeds, longest: 16 * 1024 },
    Target { name: "apdu", run: managed_key::apdu, seeds: managed_key::apdu_seeds, longest: 8 * 1024 },
    Target { name: "key_state", run: key_state::run, seeds: key_state::seeds, longest: LONG },
    Target { name: "key_state_edited", run: key_state::edited, seeds: key_state::edited_seeds, longest: 64 },
    Target { name: "managed_key", run: managed_key::run, seeds: managed_key::seeds, longest: 8 * 1024 },
    Target { name: "der_tree", run: der_tree::run, seeds: der_tree::seeds, longest: LONG },
    Target { name: "format_android_key", run: format::android_key, seeds: format::android_key_seeds, longest: LONG },
    Target {
        name: "format_android_safetynet",
        run: format::android_safetynet,
        seeds: format::android_safetynet_seeds,
        longest: LONG,
    },
    Target { name: "format_apple", run: format::apple, seeds: format::apple_seeds, longest: LONG },
    Target { name: "format_compound", run: format::compound, seeds: format::compound_seeds, longest: LONG },
    Target { name: "format_fido_u2f", run: format::fido_u2f, seeds: format::fido_u2f_seeds, longest: LONG },
    Target { name: "format_packed", run: format::packed, seeds: format::packed_seeds, longest: LONG },
    Target { name: "format_tpm", run: format::tpm, seeds: format::tpm_seeds, longest: LONG },
    Target { name: "inspect", run: inspect::run, seeds: inspect::seeds, longest: LONG },
    Target { name: "json_tree", run: json_tree::run, seeds: json_tree::seeds, longest: LONG },
    Target { name: "metadata_blob", run: metadata::blob, seeds: metadata::blob_seeds, longest: LONG },
    Target { name: "metadata_payload", run: metadata::payload, seeds: metadata::payload_seeds, longest: LONG },
    Target { name: "rest_body", run: rest_body::run, seeds: rest_body::seeds, longest: 16 * 1024 },
    Target { name: "uhid", run: virtual_device::uhid, seeds: virtual_device::uhid_seeds, longest: 8 * 1024 },
    Target { name: "usbip", run: virtual_device::usbip, seeds: virtual_device::usbip_seeds, longest: 16 * 1024 },
    Target { name: "webauthn_json", run: webauthn_json::run, seeds: webauthn_json::seeds, longest: LONG },
    Target { name: "why", run: why::run, seeds: why::seeds, longest: LONG },
];

/// Parts of one input: each has its length in front, in two bytes.
fn parts(mut input: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some((length, rest)) = input.split_first_chunk() {
        let (part, rest) = rest.split_at(usize::from(u16::from_be_bytes(*length)).min(rest.len()));
        parts.push(part);
        input = rest;
    }
    parts
}

/// The input that [`parts`] takes apart into these.
fn join(parts: &[&[u8]]) -> Vec<u8> {
    let framed = parts.iter().map(|part| {
        let length = u16::try_from(part.len()).expect("a part has a length of two bytes");
        [&length.to_be_bytes(), *part].concat()
    });
    framed.flatten().collect()
}
