//! An attestation statement of any format (WebAuthn L3 6.5.2, 8).

use std::fmt;

use assay_protocol::authenticator_data::{AttestedCredentialData, AuthenticatorData};
use assay_protocol::check::Enforced;
use assay_protocol::cose::{PublicKey, alg};
use assay_protocol::signature::{self, SignatureError};
use assay_protocol::tree::cbor::Node;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::cache::Cache;
use crate::certificate::Certificate;
use crate::compound::Sufficient;
use crate::path::MAX_CERTIFICATES;
use crate::rejection::{Check, Reason, Rejection};
use crate::{android_key, android_safetynet, apple, compound, fido_u2f, none, packed, tpm};

/// A valid statement, and what it proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The format that it came in.
    pub fmt: Format,
    /// What kind of key vouches.
    pub attestation_type: AttestationType,
    /// The algorithm of the attestation signature, where there is one.
    pub alg: Option<i64>,
    /// The attestation certificate and those that the statement brought along; empty for none and self.
    pub trust_path: Vec<Certificate>,
    /// Of a compound statement those that hold, each to be trusted for itself; else empty.
    pub parts: Vec<Self>,
}

/// What the relying party brings to a verification, beside the checks in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// How many parts of a compound statement have to hold.
    pub compound: Sufficient,
    /// The time, for formats that say theirs; without it they are not asked.
    pub now: Option<OffsetDateTime>,
}

/// The formats that are verified here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// Nothing is attested.
    #[serde(rename = "none")]
    None,
    /// WebAuthn's own format.
    #[serde(rename = "packed")]
    Packed,
    /// A U2F registration in WebAuthn's clothes.
    #[serde(rename = "fido-u2f")]
    FidoU2f,
    /// A TPM certifies a key that it holds.
    #[serde(rename = "tpm")]
    Tpm,
    /// By Android's hardware-backed keystore.
    #[serde(rename = "android-key")]
    AndroidKey,
    /// By a service of Google's that is no more.
    #[serde(rename = "android-safetynet")]
    AndroidSafetynet,
    /// By Apple, anonymously.
    #[serde(rename = "apple")]
    Apple,
    /// Several statements at once.
    #[serde(rename = "compound")]
    Compound,
}

/// What kind of key vouches for the credential (WebAuthn L3 6.5.3). Basic and AttCA look alike;
/// what cannot be told apart is called Basic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttestationType {
    /// Nobody.
    None,
    /// The credential's own key.
    #[serde(rename = "self")]
    SelfAttestation,
    /// A key shared by a batch of authenticators.
    Basic,
    /// A key of this authenticator, certified by an attestation CA.
    AttCa,
    /// A key made for this credential, certified by an anonymization CA.
    AnonCa,
}

/// What an attestation signature covers, and what it is about.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The authenticator data.
    pub auth_data: &'a AuthenticatorData,
    /// Its attested credential data.
    pub attested: &'a AttestedCredentialData,
    /// The authenticator data as received.
    pub auth_data_bytes: &'a [u8],
    /// SHA-256 of the client data as received.
    pub client_data_hash: &'a [u8; 32],
    /// Where certificates that were read before are found.
    pub cache: Option<&'a Cache>,
}

impl<'a> Signed<'a> {
    /// A registration's authenticator data must bear a new credential.
    pub fn new(
        auth_data: &'a AuthenticatorData,
        auth_data_bytes: &'a [u8],
        client_data_hash: &'a [u8; 32],
    ) -> Result<Self, Rejection> {
        let attested = auth_data
            .attested
            .as_ref()
            .ok_or_else(|| Reason::AttestedCredentialDataMissing.because("the AT flag is clear"))?;
        Ok(Self { auth_data, attested, auth_data_bytes, client_data_hash, cache: None })
    }

    /// The same with certificates that were read before at hand.
    #[must_use]
    pub fn remembering(self, cache: Option<&'a Cache>) -> Self {
        Self { cache, ..self }
    }

    /// Authenticator data, then the hash: what most formats sign.
    pub(crate) fn message(&self) -> Vec<u8> {
        [self.auth_data_bytes, self.client_data_hash].concat()
    }
}

impl Statement {
    /// A statement that is none of several.
    pub(crate) fn single(
        fmt: Format,
        attestation_type: AttestationType,
        alg: Option<i64>,
        trust_path: Vec<Certificate>,
    ) -> Self {
        Self { fmt, attestation_type, alg, trust_path, parts: Vec::new() }
    }

    /// Does the same key vouch in the same format?
    pub(crate) fn is_same_voice(&self, other: &Self) -> bool {
        let key = |statement: &'_ Self| statement.trust_path.first().map(|leaf| leaf.key.info.clone());
        self.fmt == other.fmt && key(self) == key(other)
    }
}

/// Runs the verification procedure of the format named `fmt`, under terms that suit most.
pub fn verify(fmt: &str, att_stmt: &Node, signed: &Signed<'_>, enforced: &Enforced) -> Result<Statement, Rejection> {
    verify_under(fmt, att_stmt, signed, &Terms::default(), enforced)
}

/// Runs the verification procedure of the format named `fmt`.
pub fn verify_under(
    fmt: &str,
    att_stmt: &Node,
    signed: &Signed<'_>,
    terms: &Terms,
    enforced: &Enforced,
) -> Result<Statement, Rejection> {
    // 7.1 step 21
    let format = Format::named(fmt).ok_or_else(|| {
        let shown: String = fmt.chars().take(40).collect();
        Reason::AttestationFormatUnsupported.because(format!("{shown:?}"))
    })?;
    // 7.1 step 22
    match format {
        Format::None => none::verify(att_stmt, enforced),
        Format::Packed => packed::verify(att_stmt, signed, enforced),
        Format::FidoU2f => fido_u2f::verify(att_stmt, signed, enforced),
        Format::Tpm => tpm::verify(att_stmt, signed, enforced),
        Format::AndroidKey => android_key::verify(att_stmt, signed, enforced),
        Format::AndroidSafetynet => android_safetynet::verify(att_stmt, signed, terms, enforced),
        Format::Apple => apple::verify(att_stmt, signed, enforced),
        Format::Compound => compound::verify(att_stmt, signed, terms, enforced),
    }
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Packed,
        Self::FidoU2f,
        Self::Tpm,
        Self::AndroidKey,
        Self::AndroidSafetynet,
        Self::Apple,
        Self::Compound,
    ];

    /// The registered identifier.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Packed => "packed",
            Self::FidoU2f => "fido-u2f",
            Self::Tpm => "tpm",
            Self::AndroidKey => "android-key",
            Self::AndroidSafetynet => "android-safetynet",
            Self::Apple => "apple",
            Self::Compound => "compound",
        }
    }

    /// The format with exactly this identifier.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl AttestationType {
    /// The short name used in policies and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SelfAttestation => "self",
            Self::Basic => "basic",
            Self::AttCa => "attca",
            Self::AnonCa => "anonca",
        }
    }
}

impl fmt::Display for AttestationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The statement's `alg`.
pub(crate) fn alg(att_stmt: &Node) -> Result<i64, Rejection> {
    let node = att_stmt.get_text("alg").ok_or_else(|| Reason::StatementAlgMissing.because(""))?;
    node.as_int().ok_or_else(|| Reason::StatementAlgNotInteger.because(""))
}

/// The statement's `sig`.
pub(crate) fn sig(att_stmt: &Node) -> Result<&[u8], Rejection> {
    let node = att_stmt.get_text("sig").ok_or_else(|| Reason::StatementSigMissing.because(""))?;
    node.as_bytes().ok_or_else(|| Reason::StatementSigNotBytes.because(""))
}

/// The statement's `x5c`, each certificate read; `None` where there is no such member.
pub(crate) fn x5c(att_stmt: &Node, signed: &Signed<'_>) -> Result<Option<Vec<Certificate>>, Rejection> {
    let Some(node) = att_stmt.get_text("x5c") else {
        return Ok(None);
    };
    let items = node.as_array().ok_or_else(|| Reason::StatementX5cNotArray.because(""))?;
    if items.is_empty() {
        return Err(Reason::StatementX5cEmpty.because(""));
    }
    if items.len() > MAX_CERTIFICATES {
        return Err(Reason::StatementX5cTooLong.because(format!("{} certificates", items.len())));
    }
    let certificates = items.iter().map(|item| match item.as_bytes() {
        Some(der) => signed.cache.map_or_else(|| Certificate::parse(der), |cache| cache.certificate(der)),
        None => Err(Reason::StatementX5cNotBytes.because("")),
    });
    certificates.collect::<Result<_, _>>().map(Some)
}

/// Verifies a signature by a certificate's or a credential's key. A wrong one, and an algorithm
/// that is not for the key, is refused by `check`.
pub(crate) fn verify_signature(
    check: Check,
    enforced: &Enforced,
    (algorithm, key): (i64, &PublicKey),
    message: &[u8],
    signature: &[u8],
) -> Result<(), Rejection> {
    if !alg::SIGNATURES.contains(&algorithm) {
        return Err(Reason::AttestationAlgorithmUnsupported.because(format!("COSE algorithm {algorithm}")));
    }
    // A credential's own algorithm is one that was offered.
    if algorithm == alg::RS1 && check != Check::PackedSelfSignature {
        Check::AttestationSha1.refuse(enforced, "the statement is signed with RS1")?;
    }
    match signature::verify(algorithm, key, message, signature) {
        Ok(()) => Ok(()),
        Err(SignatureError::Malformed(malformed)) => Err(malformed.into()),
        Err(SignatureError::Invalid) => check.refuse(enforced, "the signature is not by this key over these bytes"),
        Err(SignatureError::Unsupported) => {
            check.refuse(enforced, format!("COSE algorithm {algorithm} is not for this key"))
        }
        Err(SignatureError::Key) => Err(Reason::AttestationKeyUnsupported.because("the key cannot be used")),
    }
}

#[cfg(test)]
pub(crate) mod tests;
