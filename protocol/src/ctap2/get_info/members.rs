//! Members of getInfo by name, for people and for files.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Response;
use crate::ctap2::Parameter;

macro_rules! optional_members {
    ($($name:literal $field:ident $write:ident;)*) => {
        impl Response {
            /// Every member that is there, by its name, as metadata statements have them: bytes in hexadecimal.
            pub fn to_json(&self) -> Map<String, Value> {
                let mut members = Map::new();
                members.insert("versions".to_owned(), json!(self.versions));
                members.insert("aaguid".to_owned(), json!(self.aaguid));
                $(if let Some(value) = &self.$field {
                    members.insert($name.to_owned(), $write(value));
                })*
                members
            }

            /// Leaves an optional member out; false where none has this name.
            pub fn forget(&mut self, name: &str) -> bool {
                match name {
                    $($name => self.$field = None,)*
                    _ => return false,
                }
                true
            }
        }
    };
}

optional_members! {
    "extensions" extensions texts;
    "options" options options;
    "maxMsgSize" max_msg_size number;
    "pinUvAuthProtocols" pin_uv_auth_protocols numbers;
    "maxCredentialCountInList" max_credential_count_in_list number;
    "maxCredentialIdLength" max_credential_id_length number;
    "transports" transports texts;
    "algorithms" algorithms parameters;
    "maxSerializedLargeBlobArray" max_serialized_large_blob_array number;
    "forcePINChange" force_pin_change flag;
    "minPINLength" min_pin_length number;
    "firmwareVersion" firmware_version number;
    "maxCredBlobLength" max_cred_blob_length number;
    "maxRPIDsForSetMinPINLength" max_rp_ids_for_set_min_pin_length number;
    "preferredPlatformUvAttempts" preferred_platform_uv_attempts number;
    "uvModality" uv_modality number;
    "certifications" certifications levels;
    "remainingDiscoverableCredentials" remaining_discoverable_credentials number;
    "vendorPrototypeConfigCommands" vendor_prototype_config_commands numbers;
    "attestationFormats" attestation_formats texts;
    "uvCountSinceLastPinEntry" uv_count_since_last_pin_entry number;
    "longTouchForReset" long_touch_for_reset flag;
    "encIdentifier" enc_identifier hex;
    "transportsForReset" transports_for_reset texts;
    "pinComplexityPolicy" pin_complexity_policy flag;
    "pinComplexityPolicyURL" pin_complexity_policy_url hex;
    "maxPINLength" max_pin_length number;
    "encCredStoreState" enc_cred_store_state hex;
    "authenticatorConfigCommands" authenticator_config_commands numbers;
}

fn texts(texts: &[String]) -> Value {
    json!(texts)
}

fn options(options: &BTreeMap<String, bool>) -> Value {
    json!(options)
}

fn number(number: &u64) -> Value {
    json!(number)
}

fn numbers(numbers: &[u64]) -> Value {
    json!(numbers)
}

fn levels(levels: &BTreeMap<String, u64>) -> Value {
    json!(levels)
}

fn flag(flag: &bool) -> Value {
    json!(flag)
}

fn parameters(parameters: &[Parameter]) -> Value {
    parameters.iter().map(|parameter| json!({"type": parameter.kind, "alg": parameter.alg})).collect()
}

fn hex(bytes: &[u8]) -> Value {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}
