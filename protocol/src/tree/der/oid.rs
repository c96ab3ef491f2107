//! Object identifiers: their dotted text, and the names of those met in attestation.

/// The dotted text of an OBJECT IDENTIFIER's content; none if it does not end or an arc is beyond 64 bits.
pub fn oid_text(content: &[u8]) -> Option<String> {
    let mut out = String::new();
    let mut arc = 0_u64;
    let mut inside = false;
    for byte in content {
        arc = arc.checked_mul(128)? | u64::from(byte & 0x7f);
        inside = byte & 0x80 != 0;
        if inside {
            continue;
        }
        if out.is_empty() {
            let first = (arc / 40).min(2);
            out = format!("{first}.{}", arc - first * 40);
        } else {
            out.push('.');
            out.push_str(&arc.to_string());
        }
        arc = 0;
    }
    (!inside && !out.is_empty()).then_some(out)
}

/// The arcs of a dotted text.
pub fn arcs(text: &str) -> Option<Vec<u64>> {
    text.split('.').map(|arc| arc.parse().ok()).collect()
}

/// The name of a well-known object identifier.
pub fn name(text: &str) -> Option<&'static str> {
    NAMES.iter().find(|(oid, _)| *oid == text).map(|(_, name)| *name)
}

const NAMES: &[(&str, &str)] = &[
    // Keys and signatures
    ("1.2.840.10045.2.1", "id-ecPublicKey"),
    ("1.2.840.10045.3.1.7", "secp256r1"),
    ("1.3.132.0.34", "secp384r1"),
    ("1.3.132.0.35", "secp521r1"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.2.840.113549.1.1.1", "rsaEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.10", "id-RSASSA-PSS"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.3.101.112", "id-Ed25519"),
    ("1.3.101.113", "id-Ed448"),
    // Names
    ("2.5.4.3", "commonName"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "countryName"),
    ("2.5.4.7", "localityName"),
    ("2.5.4.8", "stateOrProvinceName"),
    ("2.5.4.10", "organizationName"),
    ("2.5.4.11", "organizationalUnitName"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    // Extensions
    ("2.5.29.14", "subjectKeyIdentifier"),
    ("2.5.29.15", "keyUsage"),
    ("2.5.29.17", "subjectAltName"),
    ("2.5.29.19", "basicConstraints"),
    ("2.5.29.31", "cRLDistributionPoints"),
    ("2.5.29.32", "certificatePolicies"),
    ("2.5.29.35", "authorityKeyIdentifier"),
    ("2.5.29.37", "extKeyUsage"),
    ("1.3.6.1.5.5.7.1.1", "authorityInfoAccess"),
    ("1.3.6.1.5.5.7.3.1", "id-kp-serverAuth"),
    ("1.3.6.1.5.5.7.3.2", "id-kp-clientAuth"),
    // Attestation
    ("1.3.6.1.4.1.45724.2.1.1", "id-fido-u2f-transports"),
    ("1.3.6.1.4.1.45724.1.1.2", "id-fido-gen-ce-sernum"),
    ("1.3.6.1.4.1.45724.1.1.4", "id-fido-gen-ce-aaguid"),
    ("1.3.6.1.4.1.45724.1.1.5", "id-fido-gen-ce-fw-version"),
    ("1.3.6.1.4.1.11129.2.1.17", "android-key-description"),
    ("1.2.840.113635.100.8.2", "apple-attestation-nonce"),
    ("2.23.133.8.3", "tcg-kp-AIKCertificate"),
    ("2.23.133.2.1", "tcg-at-tpmManufacturer"),
    ("2.23.133.2.2", "tcg-at-tpmModel"),
    ("2.23.133.2.3", "tcg-at-tpmVersion"),
];
