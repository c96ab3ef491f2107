//! Algorithm numbers of the COSE registry that WebAuthn meets.

/// ECDSA with SHA-256; in WebAuthn always on P-256.
pub const ES256: i64 = -7;
/// EdDSA; in WebAuthn always Ed25519.
pub const EDDSA: i64 = -8;
/// ECDSA on P-256 with SHA-256, fully specified.
pub const ESP256: i64 = -9;
/// Ed25519, fully specified.
pub const ED25519: i64 = -19;
/// ECDH-ES with HKDF-256: what a PIN/UV key agreement key calls itself.
pub const ECDH_ES_HKDF_256: i64 = -25;
/// ECDSA with SHA-384; in WebAuthn always on P-384.
pub const ES384: i64 = -35;
/// ECDSA with SHA-512; in WebAuthn always on P-521.
pub const ES512: i64 = -36;
/// RSASSA-PSS with SHA-256.
pub const PS256: i64 = -37;
/// RSASSA-PSS with SHA-384.
pub const PS384: i64 = -38;
/// RSASSA-PSS with SHA-512.
pub const PS512: i64 = -39;
/// ML-DSA-44.
pub const ML_DSA_44: i64 = -48;
/// ML-DSA-65.
pub const ML_DSA_65: i64 = -49;
/// ML-DSA-87.
pub const ML_DSA_87: i64 = -50;
/// ECDSA on secp256k1 with SHA-256.
pub const ES256K: i64 = -47;
/// ECDSA on P-384 with SHA-384, fully specified.
pub const ESP384: i64 = -51;
/// ECDSA on P-521 with SHA-512, fully specified.
pub const ESP512: i64 = -52;
/// Ed448, fully specified.
pub const ED448: i64 = -53;
/// RSASSA-PKCS1-v1_5 with SHA-256.
pub const RS256: i64 = -257;
/// RSASSA-PKCS1-v1_5 with SHA-384.
pub const RS384: i64 = -258;
/// RSASSA-PKCS1-v1_5 with SHA-512.
pub const RS512: i64 = -259;
/// RSASSA-PKCS1-v1_5 with SHA-1.
pub const RS1: i64 = -65535;

/// Every signature algorithm that is verified here, the fully specified names beside the older ones.
pub const SIGNATURES: [i64; 20] = [
    ES256, EDDSA, ES384, ES512, RS256, PS256, PS384, PS512, RS384, RS512, ES256K, ED448, ML_DSA_44, ML_DSA_65,
    ML_DSA_87, ESP256, ED25519, ESP384, ESP512, RS1,
];

/// The number under the registry's name, for people who write names.
pub fn number(text: &str) -> Option<i64> {
    SIGNATURES.into_iter().find(|alg| name(*alg) == Some(text))
}

/// The COSE algorithm, curve included, of a name in FIDO's registry of predefined values 3.6.1.
pub fn of_registry(name: &str) -> Option<i64> {
    Some(match name {
        "secp256r1_ecdsa_sha256_raw" | "secp256r1_ecdsa_sha256_der" => ES256,
        "secp384r1_ecdsa_sha384_raw" => ES384,
        "secp521r1_ecdsa_sha512_raw" => ES512,
        "secp256k1_ecdsa_sha256_raw" | "secp256k1_ecdsa_sha256_der" => ES256K,
        "ed25519_eddsa_sha512_raw" => EDDSA,
        "ed448_eddsa_sha512_raw" => ED448,
        "rsa_emsa_pkcs1_sha256_raw" | "rsa_emsa_pkcs1_sha256_der" | "rsassa_pkcsv15_sha256_raw" => RS256,
        "rsassa_pkcsv15_sha384_raw" => RS384,
        "rsassa_pkcsv15_sha512_raw" => RS512,
        "rsassa_pkcsv15_sha1_raw" => RS1,
        "rsassa_pss_sha256_raw" | "rsassa_pss_sha256_der" => PS256,
        "rsassa_pss_sha384_raw" => PS384,
        "rsassa_pss_sha512_raw" => PS512,
        _ => return None,
    })
}

/// The registry's name.
pub const fn name(alg: i64) -> Option<&'static str> {
    Some(match alg {
        ES256 => "ES256",
        EDDSA => "EdDSA",
        ESP256 => "ESP256",
        ED25519 => "Ed25519",
        ECDH_ES_HKDF_256 => "ECDH-ES+HKDF-256",
        ES384 => "ES384",
        ES512 => "ES512",
        PS256 => "PS256",
        PS384 => "PS384",
        PS512 => "PS512",
        ES256K => "ES256K",
        ML_DSA_44 => "ML-DSA-44",
        ML_DSA_65 => "ML-DSA-65",
        ML_DSA_87 => "ML-DSA-87",
        ESP384 => "ESP384",
        ESP512 => "ESP512",
        ED448 => "Ed448",
        RS256 => "RS256",
        RS384 => "RS384",
        RS512 => "RS512",
        RS1 => "RS1",
        _ => return None,
    })
}
