//! Makes that are found in the field: a starting point each, to be changed member by member.

use std::collections::{BTreeMap, BTreeSet};

use assay_mint::lab::MODEL;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::cose::alg;
use assay_protocol::pin_uv::Protocol;

use super::{
    ALGORITHMS, Backup, BioConfig, Complexity, ConfigCommands, Counter, KeyConfig, Limits, Management, PinConfig,
    ResetConfig, Sensor, UvConfig,
};
use crate::attestation::{Attestation, U2fAttestation};
use crate::defect::Defects;

/// `USER_VERIFY_FINGERPRINT_INTERNAL` of the FIDO registry.
const FINGERPRINT: u64 = 0x02;

/// `USER_VERIFY_PASSCODE_INTERNAL` of the FIDO registry.
const PASSCODE: u64 = 0x04;

impl KeyConfig {
    /// A security key of this day: CTAP 2.1, PIN by both protocols, discoverable credentials,
    /// `credProtect` and `hmac-secret`, self attestation.
    pub fn security_key() -> Self {
        Self {
            name: "Assay Key".to_owned(),
            aaguid: MODEL,
            ctap2: true,
            versions: texts(&["FIDO_2_0", "FIDO_2_1"]),
            algorithms: vec![alg::ES256, alg::EDDSA],
            platform: false,
            discoverable: true,
            pin: PinConfig::default(),
            uv: None,
            always_uv: false,
            make_cred_uv_not_rqd: true,
            extensions: texts(&["credProtect", "hmac-secret"]),
            management: Management::default(),
            limits: Limits::default(),
            attestation: Attestation::PackedSelf,
            other_attestations: Vec::new(),
            enterprise: None,
            u2f: None,
            counter: Counter::Global,
            backup: Backup::Never,
            transports: texts(&["usb"]),
            reached_by: "usb".to_owned(),
            reset: ResetConfig::default(),
            firmware_version: 1,
            certifications: BTreeMap::new(),
            untold: BTreeSet::new(),
            defects: Defects::new(),
        }
    }

    /// A security key with all that CTAP 2.3 has for a key without sensor and without enterprise attestation.
    pub fn ctap_2_3() -> Self {
        Self {
            name: "Assay Key 2.3".to_owned(),
            versions: texts(&["FIDO_2_0", "FIDO_2_1", "FIDO_2_3"]),
            algorithms: ALGORITHMS.to_vec(),
            pin: PinConfig {
                max_length: Some(63),
                complexity: Some(Complexity {
                    enforced: false,
                    url: Some("https://assay.example/pin-rules".to_owned()),
                }),
                ..PinConfig::default()
            },
            extensions: texts(&[
                "credBlob",
                "credProtect",
                "hmac-secret",
                "hmac-secret-mc",
                "largeBlobKey",
                "minPinLength",
                "pinComplexityPolicy",
                "thirdPartyPayment",
            ]),
            management: Management {
                credentials: true,
                credentials_preview: false,
                read_only_tokens: true,
                encrypted_members: true,
                large_blobs: Some(4096),
                config: Some(ConfigCommands {
                    toggle_always_uv: true,
                    set_min_pin_length: true,
                    enable_long_touch: true,
                    min_pin_length_rp_ids: 4,
                    own_rp_ids: Vec::new(),
                    vendor_commands: None,
                }),
            },
            // ML-DSA-87 needs nearly all that CTAPHID can carry.
            limits: Limits { message: 7609, ..Limits::default() },
            other_attestations: vec![Attestation::None],
            reset: ResetConfig { long_touch: Some(false), transports: Some(texts(&["usb"])) },
            ..Self::security_key()
        }
    }

    /// A security key of the first edition: a PIN by protocol one, and tokens without permissions.
    pub fn ctap_2_0() -> Self {
        Self {
            name: "Assay Key 2.0".to_owned(),
            versions: texts(&["FIDO_2_0"]),
            algorithms: vec![alg::ES256],
            pin: PinConfig { protocols: vec![Protocol::One], token_permissions: false, ..PinConfig::default() },
            make_cred_uv_not_rqd: false,
            extensions: texts(&["hmac-secret"]),
            limits: Limits { message: 1200, ..Limits::default() },
            ..Self::security_key()
        }
    }

    /// A key that speaks CTAP1 and nothing else.
    pub fn u2f_only(u2f: U2fAttestation) -> Self {
        Self {
            name: "Assay U2F Key".to_owned(),
            aaguid: Aaguid::ZERO,
            ctap2: false,
            versions: texts(&["U2F_V2"]),
            algorithms: vec![alg::ES256],
            discoverable: false,
            pin: PinConfig { supported: false, ..PinConfig::default() },
            extensions: Vec::new(),
            u2f: Some(u2f),
            ..Self::security_key()
        }
    }

    /// A security key of CTAP 2.3 with a fingerprint sensor beside its PIN.
    pub fn biometric_key() -> Self {
        let key = Self::ctap_2_3();
        let mut extensions = key.extensions;
        extensions.push("uvm".to_owned());
        Self {
            name: "Assay Biometric Key".to_owned(),
            versions: texts(&["FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1", "FIDO_2_3"]),
            uv: Some(UvConfig {
                sensor: Sensor::Fingerprints(BioConfig {
                    command: true,
                    preview: true,
                    samples: 3,
                    templates: 5,
                    name_length: 64,
                    swiped: false,
                }),
                modality: FINGERPRINT,
                max_retries: 5,
                internal_attempts: 3,
                preferred_platform_attempts: Some(1),
                interaction: true,
                enrollment_tokens: true,
                config_tokens: true,
            }),
            extensions,
            management: Management { credentials_preview: true, ..key.management },
            ..Self::ctap_2_3()
        }
    }

    /// An authenticator built into a computer or a telephone: whoever owns that is verified by it,
    /// and there is no PIN of its own.
    pub fn platform_authenticator() -> Self {
        Self {
            name: "Assay Platform".to_owned(),
            versions: texts(&["FIDO_2_0", "FIDO_2_1"]),
            platform: true,
            pin: PinConfig { supported: false, ..PinConfig::default() },
            uv: Some(UvConfig {
                sensor: Sensor::Owner,
                modality: PASSCODE,
                max_retries: 25,
                internal_attempts: 5,
                preferred_platform_attempts: None,
                interaction: true,
                enrollment_tokens: false,
                config_tokens: false,
            }),
            management: Management { credentials: true, ..Management::default() },
            transports: texts(&["internal"]),
            reached_by: "internal".to_owned(),
            ..Self::security_key()
        }
    }

    /// A provider whose passkeys are on all devices of an account, and vouched for by nobody.
    pub fn synced_passkey_provider() -> Self {
        Self {
            name: "Assay Passkeys".to_owned(),
            aaguid: Aaguid::from_bytes(*b"assay passkeys\0\x01"),
            attestation: Attestation::None,
            counter: Counter::Zero,
            backup: Backup::BackedUp,
            transports: texts(&["hybrid", "internal"]),
            limits: Limits { discoverable_credentials: 10_000, ..Limits::default() },
            ..Self::platform_authenticator()
        }
    }
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}
