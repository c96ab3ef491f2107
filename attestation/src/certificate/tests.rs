use assay_mint::certificate::extension::{AaguidExtension, BasicConstraints, Extension, FirmwareExtension, KeyUsage};
use assay_mint::certificate::name::Name;
use assay_mint::certificate::{CertificateSpec, Damage, SignatureAlgorithm};
use assay_mint::keys::SigningKey;
use assay_mint::seed::Seed;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::cose::alg;
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
        (SigningKey::es256(&seed), KeyKind::P256, Some(alg::ES256)),
        (SigningKey::ed25519(&seed).unwrap(), KeyKind::Ed25519, Some(alg::EDDSA)),
        (SigningKey::rs256().unwrap(), KeyKind::Rsa, Some(alg::RS256)),
        (SigningKey::p384(&seed), KeyKind::P384, None),
    ];
    for (key, kind, algorithm) in keys {
        let spec = CertificateSpec::new(Name::default(), Name::default(), &key);
        let certificate = Certificate::parse(&spec.issue(&key).unwrap()).unwrap();
        assert_eq!(certificate.key.kind, kind);
        assert_eq!(certificate.verify_signed_by(&certificate.key), Ok(()), "{kind:?}");
        let public = certificate.key.public_key();
        assert_eq!(public.as_ref().map(|(alg, _)| *alg), algorithm);
        if let Some((_, public)) = public {
            assert_eq!(public, key.public_key());
        }
        let other = parse(&self::spec()).unwrap();
        assert_eq!(certificate.verify_signed_by(&other.key), Err(SignatureFault::Invalid), "{kind:?}");
    }
}
