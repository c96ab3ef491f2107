//! What a registration has shown.

use assay_attestation::metadata::KeyIdentifier;
use assay_attestation::{AttestationType, Certificate, Format};
use assay_protocol::aaguid::Aaguid;
use assay_protocol::authenticator_data::{AttestedCredentialData, AuthenticatorData, Flags};
use assay_protocol::base64url;
use assay_protocol::webauthn::extensions::Outputs;
use serde_json::{Map, Value, json};

use crate::extension_outputs;
use crate::policy;
use crate::trust::{Chain, Voice, Vouched};

/// What is known of the authenticator, for policies and the audit. The statement is valid; whose
/// word it is says [`chain`](Self::chain).
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The format of the attestation statement.
    pub fmt: Format,
    /// The format of the statement that speaks for the whole; another one under `compound`.
    pub vouching_fmt: Format,
    /// The type of the attestation.
    pub attestation_type: AttestationType,
    /// The algorithm of the attestation signature.
    pub attestation_algorithm: Option<i64>,
    /// Where the certificate path ends.
    pub chain: Chain,
    /// The model that the authenticator claims to be.
    pub aaguid: Aaguid,
    /// The flags.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// The credential's COSE algorithm.
    pub algorithm: i64,
    /// The credential public key, a COSE_Key.
    pub public_key: Vec<u8>,
    /// The statement's certificates, DER, leaf first.
    pub x5c: Vec<Vec<u8>>,
    /// The parts of a compound statement that count, each with its own path; else empty.
    pub parts: Vec<Voice>,
    /// SHA-256 of each of them.
    pub certificates_sha256: Vec<[u8; 32]>,
    /// SHA-256 of the anchor in which the path ends.
    pub anchor_sha256: Option<[u8; 32]>,
    /// The identifier of the leaf's key, by which metadata know U2F models.
    pub key_identifier: Option<KeyIdentifier>,
    /// The firmware version in the leaf.
    pub firmware_version: Option<u64>,
    /// The client's extension outputs that are known here.
    pub client_outputs: Outputs,
    /// The authenticator's extension outputs.
    pub extensions: Map<String, Value>,
}

impl Evidence {
    pub(super) fn new(
        auth_data: &AuthenticatorData,
        attested: &AttestedCredentialData,
        Vouched { fmt, lead, parts }: Vouched,
        client_outputs: Outputs,
    ) -> Self {
        let Voice { statement, chain, anchor_sha256 } = lead;
        let leaf = statement.trust_path.first();
        Self {
            fmt,
            vouching_fmt: statement.fmt,
            attestation_type: statement.attestation_type,
            attestation_algorithm: statement.alg,
            chain,
            aaguid: attested.aaguid,
            flags: auth_data.flags,
            sign_count: auth_data.sign_count,
            algorithm: attested.credential_public_key.alg,
            public_key: attested.public_key_cbor.clone(),
            certificates_sha256: statement.trust_path.iter().map(Certificate::fingerprint).collect(),
            anchor_sha256,
            key_identifier: leaf.and_then(KeyIdentifier::of),
            firmware_version: leaf.and_then(|leaf| leaf.firmware_version().ok().flatten()),
            x5c: statement.trust_path.iter().map(|one| one.der.clone()).collect(),
            parts,
            client_outputs,
            extensions: extension_outputs::to_json(auth_data.extensions.as_ref()),
        }
    }

    /// The same in the policy engine's terms.
    pub fn for_policy(&self) -> policy::Evidence {
        policy::Evidence {
            fmt: self.vouching_fmt,
            attestation: self.attestation_type,
            chain: self.chain.for_policy(),
            aaguid: self.aaguid,
            key_identifier: self.key_identifier,
            backup_eligible: self.flags.be(),
            firmware: self.firmware_version,
            certificates_sha256: self.certificates_sha256.clone(),
            anchor_sha256: self.anchor_sha256,
        }
    }

    /// The JSON form for the audit.
    pub fn to_json(&self) -> Value {
        let mut json = json!({
            "fmt": self.fmt,
            "attestation_type": self.attestation_type,
            "attestation_algorithm": self.attestation_algorithm,
            "chain": self.chain,
            "chain_verified": self.chain.is_verified(),
            "aaguid": self.aaguid,
            "flags": flags(self.flags),
            "sign_count": self.sign_count,
            "algorithm": self.algorithm,
            "public_key": base64url::encode(&self.public_key),
            "x5c": self.x5c.iter().map(|der| base64url::encode(der)).collect::<Vec<_>>(),
            "key_identifier": self.key_identifier.map(|identifier| identifier.to_string()),
            "firmware_version": self.firmware_version,
            "discoverable": self.client_outputs.cred_props.and_then(|properties| properties.rk),
            "extensions": self.extensions,
        });
        if let Some(members) = json.as_object_mut().filter(|_| !self.parts.is_empty()) {
            members.insert("parts".to_owned(), self.parts.iter().map(Voice::to_json).collect());
        }
        json
    }
}

/// The flags that are set, by their names.
pub(crate) fn flags(flags: Flags) -> Vec<&'static str> {
    [
        (flags.up(), "UP"),
        (flags.uv(), "UV"),
        (flags.be(), "BE"),
        (flags.bs(), "BS"),
        (flags.at(), "AT"),
        (flags.ed(), "ED"),
    ]
    .into_iter()
    .filter_map(|(is_set, name)| is_set.then_some(name))
    .collect()
}
