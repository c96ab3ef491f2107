use assay_mint::certificate::extension::{AaguidExtension, BasicConstraints, Extension, FirmwareExtension, KeyUsage};
use assay_mint::certificate::name::Name;
use assay_mint::certificate::{CertificateSpec, Damage, SignatureAlgorithm};
use assay_mint::keys::SigningKey;
use assay_mint::seed::Seed;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::cose::{ParameterSet, alg};
use assay_protocol::tree::der::{self, write};
use time::OffsetDateTime;

use super::{Certificate, Constraints, IllFormed, KeyKind, SignatureFault};
use crate::oid;

fn key() -> SigningKey {
    SigningKey::es256(&Seed::new([1; 32]))
}

fn spec() -> CertificateSpec {
    let mut spec = CertificateSpec::new(Name::attestation("Leaf"), Name::of("CA", "Root"), &key());
    spec.not_before = 1_000;
    spec.not_after = 2_000_000_000;
    spec.basic_constraints = Some(BasicConstraints { ca: true, path_length: Some(3), critical: true });
    spec.key_usage = Some(KeyUsage::CertificateSign);
    spec.subject_key_identifier = Some(vec![1, 2, 3]);
    spec.authority_key_identifier = Some(vec![4, 5, 6]);
    spec.aaguid = Some(AaguidExtension::of(&[9; 16]));
    spec.firmware = Some(FirmwareExtension { version: 0x1_0203, critical: false });
    spec
}

fn parse(spec: &CertificateSpec) -> Result<Certificate, &'static str> {
    Certificate::parse(&spec.issue(&key()).unwrap()).map_err(|rejection| rejection.code())
}

/// The signature does not cover what stands around the signed part: it has one form, or else a
/// certificate could change its fingerprint.
#[test]
fn what_is_around_the_signed_part_has_one_form() {
    let good = spec().issue(&key()).unwrap();
    let read = der::read(&good).root.unwrap();
    let [tbs, algorithm, signature] =
        read.children.iter().map(|child| &good[child.range.clone()]).collect::<Vec<_>>()[..]
    else {
        panic!("three parts")
    };
    let framed = |parts: &[&[u8]]| write::tagged(0x30, &parts.concat());
    let edited = |bytes: &[u8], at: usize, to: u8| {
        let mut bytes = bytes.to_vec();
        bytes[at] = to;
        bytes
    };
    let long = [&[0x30, 0x83, 0x00][..], &good[2..]].concat();
    let padded = [&[0x03, 0x81, signature[1]][..], &signature[2..]].concat();
    for (what, der, code) in [
        ("as it was issued", framed(&[tbs, algorithm, signature]), ""),
        (
            "the algorithm's identifier is none",
            framed(&[tbs, &edited(algorithm, 2, 0x0e), signature]),
            "certificate_algorithm_mismatch",
        ),
        (
            "the algorithm is no sequence",
            framed(&[tbs, &edited(algorithm, 0, 0x31), signature]),
            "certificate_undecodable",
        ),
        ("unused bits that are used, as Yubico's", framed(&[tbs, algorithm, &edited(signature, 2, 0x03)]), ""),
        (
            "more unused bits than a byte has",
            framed(&[tbs, algorithm, &edited(signature, 2, 0x08)]),
            "certificate_undecodable",
        ),
        ("a long length", long, "certificate_undecodable"),
        ("a long length of the signature", framed(&[tbs, algorithm, &padded]), "certificate_undecodable"),
        (
            "something behind the signature",
            framed(&[tbs, algorithm, signature, &[0x05, 0x00]]),
            "certificate_undecodable",
        ),
    ] {
        let verdict = Certificate::parse(&der).map_err(|rejection| rejection.code());
        assert_eq!(verdict.as_ref().err().copied().unwrap_or_default(), code, "{what}");
    }
}

#[test]
fn a_certificate_is_read() {
    let certificate = parse(&spec()).unwrap();
    assert_eq!(certificate.version, 3);
    assert_eq!(certificate.subject, Name::attestation("Leaf").to_der());
    assert_eq!(certificate.issuer, Name::of("CA", "Root").to_der());
    assert_eq!(certificate.common_name(), "Leaf");
    assert!(!certificate.is_self_issued());
    let countries: Vec<_> = certificate.subject_attributes_of(oid::COUNTRY).collect();
    assert_eq!(countries[0].text.as_deref(), Some("CH"));
    assert_eq!(certificate.not_before, OffsetDateTime::from_unix_timestamp(1_000).unwrap());
    assert!(certificate.is_valid_at(certificate.not_after) && certificate.is_valid_at(certificate.not_before));
    assert!(!certificate.is_valid_at(certificate.not_after + time::Duration::SECOND));
    assert_eq!(certificate.basic_constraints, Some(Constraints { ca: true, path_length: Some(3) }));
    assert_eq!(certificate.key_cert_sign, Some(true));
    assert_eq!(certificate.subject_key_identifier, Some(vec![1, 2, 3]));
    assert_eq!(certificate.authority_key_identifier, Some(vec![4, 5, 6]));
    assert_eq!(certificate.aaguid(), Ok(Some(Aaguid::from_bytes([9; 16]))));
    assert_eq!(certificate.firmware_version(), Ok(Some(0x1_0203)));
    assert_eq!(certificate.key_identifier(), key().key_identifier());
    assert_eq!(certificate.verify_signed_by(&certificate.key), Ok(()));
}

#[test]
fn what_is_absent_is_absent() {
    let bare = CertificateSpec::new(Name::default(), Name::default(), &key());
    for version in [1, 2, 3] {
        let certificate = parse(&CertificateSpec { version, ..bare.clone() }).unwrap();
        assert_eq!(certificate.version, u64::from(version));
        assert_eq!((certificate.basic_constraints, certificate.key_cert_sign), (None, None));
        assert_eq!((certificate.aaguid(), certificate.firmware_version()), (Ok(None), Ok(None)));
        assert_eq!(certificate.common_name(), "");
    }
}

#[test]
fn ill_formed_values_are_not_values() {
    let mut spec = spec();
    spec.aaguid = None;
    spec.firmware = None;
    let own = |last: u64, value: &[u8]| Extension {
        oid: vec![1, 3, 6, 1, 4, 1, 45724, 1, 1, last],
        critical: false,
        value: value.to_vec(),
    };
    for value in [&[4, 0x10][..], &[9; 16], &[4, 0x11, 0], &[]] {
        spec.extra_extensions = vec![own(4, value)];
        assert_eq!(parse(&spec).unwrap().aaguid(), Err(IllFormed), "{value:?}");
    }
    for value in [&[2, 1, 0x80][..], &[2, 1, 1, 0], &[4, 1, 1], &[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0], &[]] {
        spec.extra_extensions = vec![own(5, value)];
        assert_eq!(parse(&spec).unwrap().firmware_version(), Err(IllFormed), "{value:?}");
    }
}

#[test]
fn form_is_judged() {
    let with = |edit: fn(&mut CertificateSpec)| {
        let mut spec = spec();
        edit(&mut spec);
        parse(&spec).map(|_| ()).map_err(str::to_owned)
    };
    let refused = |code: &str| Err(code.to_owned());
    assert_eq!(with(|_| {}), Ok(()));
    assert_eq!(with(|spec| spec.damage = Damage::TrailingByte), refused("certificate_trailing_bytes"));
    assert_eq!(with(|spec| spec.damage = Damage::Truncated), refused("certificate_undecodable"));
    assert_eq!(
        with(|spec| spec.inner_algorithm = Some(SignatureAlgorithm::Ed25519)),
        refused("certificate_algorithm_mismatch")
    );
    assert_eq!(
        with(|spec| spec.extra_extensions.push(spec.aaguid.as_ref().map(Extension::from).unwrap())),
        refused("certificate_duplicate_extension")
    );
    let junk = |last: u64| Extension { oid: vec![2, 5, 29, last], critical: false, value: vec![0xff] };
    for last in [14, 15, 19, 35] {
        let mut spec = CertificateSpec::new(Name::default(), Name::default(), &key());
        spec.extra_extensions = vec![junk(last)];
        assert_eq!(parse(&spec).err(), Some("certificate_extension_undecodable"), "2.5.29.{last}");
    }
}

#[test]
fn no_prefix_is_a_certificate_and_no_byte_flip_panics() {
    let der = spec().issue(&key()).unwrap();
    for length in 0..der.len() {
        assert!(Certificate::parse(&der[..length]).is_err(), "{length}");
    }
    for at in 0..der.len() {
        for bit in [1, 0x20, 0x80] {
            let mut flipped = der.clone();
            flipped[at] ^= bit;
            if let Ok(certificate) = Certificate::parse(&flipped) {
                let _ = (certificate.verify_signed_by(&certificate.key), certificate.key.public_key());
            }
        }
    }
}

#[test]
fn thousands_of_extensions_take_no_time() {
    let mut spec = CertificateSpec::new(Name::default(), Name::default(), &key());
    let many =
        (0..20_000).map(|last| Extension { oid: vec![1, 3, 6, 1, 4, 1, last], critical: false, value: vec![5, 0] });
    spec.extra_extensions = many.collect();
    let started = std::time::Instant::now();
    assert_eq!(parse(&spec).unwrap().extensions.len(), 20_000);
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn keys_are_what_they_are() {
    let seed = Seed::new([2; 32]);
    let keys = [
        (alg::ES256, KeyKind::P256, alg::ES256),
        (alg::ES384, KeyKind::P384, alg::ES384),
        (alg::ES512, KeyKind::P521, alg::ES512),
        (alg::ES256K, KeyKind::Secp256k1, alg::ES256K),
        (alg::EDDSA, KeyKind::Ed25519, alg::EDDSA),
        (alg::ED448, KeyKind::Ed448, alg::ED448),
        (alg::RS256, KeyKind::Rsa, alg::RS256),
        (alg::RS384, KeyKind::Rsa, alg::RS256),
        (alg::RS512, KeyKind::Rsa, alg::RS256),
        (alg::PS256, KeyKind::Rsa, alg::RS256),
        (alg::PS384, KeyKind::Rsa, alg::RS256),
        (alg::PS512, KeyKind::Rsa, alg::RS256),
        (alg::ML_DSA_44, KeyKind::MlDsa(ParameterSet::MlDsa44), alg::ML_DSA_44),
        (alg::ML_DSA_65, KeyKind::MlDsa(ParameterSet::MlDsa65), alg::ML_DSA_65),
        (alg::ML_DSA_87, KeyKind::MlDsa(ParameterSet::MlDsa87), alg::ML_DSA_87),
    ];
    for (signed, kind, algorithm) in keys {
        let key = SigningKey::of(signed, &seed).unwrap();
        let spec = CertificateSpec::new(Name::default(), Name::default(), &key);
        let certificate = Certificate::parse(&spec.issue(&key).unwrap()).unwrap();
        assert_eq!(certificate.key.kind, kind);
        assert_eq!(certificate.verify_signed_by(&certificate.key), Ok(()), "{kind:?}");
        assert_eq!(certificate.key.public_key(), Some((algorithm, key.public_key())));
        // Signed in another way than the certificate says.
        for other in [key.clone().with_other_padding(), key.clone().with_salt(20)] {
            let der = spec.issue(&other).unwrap();
            let expected = if der == certificate.der { Ok(()) } else { Err(SignatureFault::Invalid) };
            let certificate = Certificate::parse(&der).unwrap();
            assert_eq!(certificate.verify_signed_by(&certificate.key), expected, "{signed}");
        }
        let other = parse(&self::spec()).unwrap();
        assert_eq!(certificate.verify_signed_by(&other.key), Err(SignatureFault::Invalid), "{kind:?}");
    }
}
