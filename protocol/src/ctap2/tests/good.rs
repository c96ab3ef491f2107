//! One good message of each kind.

use std::collections::BTreeMap;

use super::super::*;
use crate::aaguid::Aaguid;
use crate::pin_uv::PublicKey;

pub(super) fn make_credential_request() -> make_credential::Request {
    make_credential::Request {
        client_data_hash: [0xcd; 32],
        rp: RpEntity { id: "example.org".to_owned(), name: Some("Example".to_owned()) },
        user: UserEntity { id: vec![1, 2, 3], name: Some("alice".to_owned()), display_name: Some("Alice".to_owned()) },
        pub_key_cred_params: [Parameter::public_key(-7), Parameter::public_key(-257)].into_iter().collect(),
        exclude_list: Some(vec![
            Descriptor::public_key(vec![9; 16]),
            Descriptor { transports: Some(vec!["usb".to_owned()]), ..Descriptor::public_key(vec![8; 16]) },
        ]),
        extensions: Some(Extensions::default().with("credProtect", 2).with("hmac-secret", true)),
        options: Options { rk: Some(true), up: None, uv: Some(false) },
        pin_uv_auth_param: Some(vec![7; 32]),
        pin_uv_auth_protocol: Some(2),
        enterprise_attestation: Some(1),
        attestation_formats_preference: Some(vec!["packed".to_owned(), "none".to_owned()]),
    }
}

pub(super) fn get_assertion_request() -> get_assertion::Request {
    get_assertion::Request {
        rp_id: "example.org".to_owned(),
        client_data_hash: [0xcd; 32],
        allow_list: Some(vec![Descriptor::public_key(vec![9; 16])]),
        extensions: Some(Extensions::default().with("credBlob", true)),
        options: Options { rk: None, up: Some(false), uv: Some(true) },
        pin_uv_auth_param: Some(vec![7; 32]),
        pin_uv_auth_protocol: Some(2),
    }
}

pub(super) fn client_pin_request() -> client_pin::Request {
    client_pin::Request {
        pin_uv_auth_protocol: Some(2),
        sub_command: client_pin::SubCommand::GetPinUvAuthTokenUsingPinWithPermissions,
        key_agreement: Some(PublicKey::new([1; 32], [2; 32])),
        pin_uv_auth_param: Some(vec![3; 32]),
        new_pin_enc: Some(vec![4; 80]),
        pin_hash_enc: Some(vec![5; 32]),
        permissions: Some(client_pin::permission::MC | client_pin::permission::GA),
        rp_id: Some("example.org".to_owned()),
    }
}

fn texts(items: &[&str]) -> Option<Vec<String>> {
    Some(items.iter().map(|item| (*item).to_owned()).collect())
}

pub(super) fn full_info() -> get_info::Response {
    get_info::Response {
        versions: texts(&["FIDO_2_1", "FIDO_2_3"]).unwrap(),
        extensions: texts(&["credProtect", "hmac-secret"]),
        aaguid: Aaguid::from_bytes([7; 16]),
        options: Some(BTreeMap::from([("rk".to_owned(), true), ("alwaysUv".to_owned(), false)])),
        max_msg_size: Some(1200),
        pin_uv_auth_protocols: Some(vec![2, 1]),
        max_credential_count_in_list: Some(8),
        max_credential_id_length: Some(64),
        transports: texts(&["usb", "nfc"]),
        algorithms: Some(vec![Parameter::public_key(-7)]),
        max_serialized_large_blob_array: Some(1024),
        force_pin_change: Some(false),
        min_pin_length: Some(4),
        firmware_version: Some(5),
        max_cred_blob_length: Some(32),
        max_rp_ids_for_set_min_pin_length: Some(0),
        preferred_platform_uv_attempts: Some(1),
        uv_modality: Some(2),
        certifications: Some(BTreeMap::from([("FIDO".to_owned(), 1)])),
        remaining_discoverable_credentials: Some(25),
        vendor_prototype_config_commands: Some(vec![]),
        attestation_formats: texts(&["packed", "fido-u2f"]),
        uv_count_since_last_pin_entry: Some(3),
        long_touch_for_reset: Some(true),
        enc_identifier: Some(vec![1; 32]),
        transports_for_reset: texts(&["usb"]),
        pin_complexity_policy: Some(false),
        pin_complexity_policy_url: Some(b"https://example.org".to_vec()),
        max_pin_length: Some(63),
        enc_cred_store_state: Some(vec![2; 32]),
        authenticator_config_commands: Some(vec![1, 3]),
    }
}
