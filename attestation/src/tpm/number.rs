//! The numbers of TPM 2.0 Part 2 and the TCG Algorithm Registry that statements bear.

use assay_protocol::cose::{Curve, alg};
use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};

/// TPM_GENERATED_VALUE: `ff`, then "TCG". A TPM signs nothing from outside that begins so.
pub(super) const GENERATED: u32 = 0xff54_4347;
/// TPM_ST_ATTEST_CERTIFY
pub(super) const ATTEST_CERTIFY: u16 = 0x8017;

pub(super) const RSA: u16 = 0x0001;
pub(super) const ECC: u16 = 0x0023;
pub(super) const NULL: u16 = 0x0010;

/// TPMA_OBJECT: the key is bound to this TPM, is no copy, and was made by this TPM; it signs.
pub(super) const ATTRIBUTES: [(u32, &str); 4] =
    [(1 << 1, "fixedTPM"), (1 << 4, "fixedParent"), (1 << 5, "sensitiveDataOrigin"), (1 << 18, "sign")];

/// The hash of this TPM_ALG_ID.
pub(super) fn hash(id: u16) -> Option<&'static Algorithm> {
    Some(match id {
        0x0004 => &SHA1_FOR_LEGACY_USE_ONLY,
        0x000b => &SHA256,
        0x000c => &SHA384,
        0x000d => &SHA512,
        _ => return None,
    })
}

/// The hash that a COSE signature algorithm employs.
pub(super) fn hash_of_cose(algorithm: i64) -> Option<&'static Algorithm> {
    Some(match algorithm {
        alg::RS1 => &SHA1_FOR_LEGACY_USE_ONLY,
        alg::ES256 | alg::ESP256 | alg::ES256K | alg::RS256 | alg::PS256 => &SHA256,
        alg::ES384 | alg::ESP384 | alg::RS384 | alg::PS384 => &SHA384,
        alg::ES512 | alg::ESP512 | alg::RS512 | alg::PS512 => &SHA512,
        _ => return None,
    })
}

/// The curve of this TPM_ECC_CURVE.
pub(super) fn curve(id: u16) -> Option<Curve> {
    Some(match id {
        0x0003 => Curve::P256,
        0x0004 => Curve::P384,
        0x0005 => Curve::P521,
        _ => return None,
    })
}

/// What a TPM_ALG_ID is called.
pub(super) fn algorithm_name(id: u16) -> Option<&'static str> {
    Some(match id {
        RSA => "RSA",
        0x0004 => "SHA1",
        0x0006 => "AES",
        0x0008 => "KEYEDHASH",
        0x000b => "SHA256",
        0x000c => "SHA384",
        0x000d => "SHA512",
        NULL => "NULL",
        0x0012 => "SM3_256",
        0x0013 => "SM4",
        0x0014 => "RSASSA",
        0x0015 => "RSAES",
        0x0016 => "RSAPSS",
        0x0017 => "OAEP",
        0x0018 => "ECDSA",
        0x0019 => "ECDH",
        0x001a => "ECDAA",
        0x001b => "SM2",
        0x001c => "ECSCHNORR",
        0x001d => "ECMQV",
        ECC => "ECC",
        0x0025 => "SYMCIPHER",
        0x0026 => "CAMELLIA",
        0x0027 => "SHA3_256",
        0x0028 => "SHA3_384",
        0x0029 => "SHA3_512",
        _ => return None,
    })
}

/// What a TPM_ECC_CURVE is called.
pub(super) fn curve_name(id: u16) -> Option<&'static str> {
    curve(id).map(Curve::name)
}

/// What a TPM_ST of an attestation is called.
pub(super) fn structure_name(id: u16) -> Option<&'static str> {
    Some(match id {
        0x8014 => "TPM_ST_ATTEST_NV",
        0x8015 => "TPM_ST_ATTEST_COMMAND_AUDIT",
        0x8016 => "TPM_ST_ATTEST_SESSION_AUDIT",
        ATTEST_CERTIFY => "TPM_ST_ATTEST_CERTIFY",
        0x8018 => "TPM_ST_ATTEST_QUOTE",
        0x8019 => "TPM_ST_ATTEST_TIME",
        0x801a => "TPM_ST_ATTEST_CREATION",
        _ => return None,
    })
}
