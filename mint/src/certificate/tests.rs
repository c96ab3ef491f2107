use assay_protocol::cose::alg;
use assay_protocol::signature::Verifier;
use x509_parser::prelude::{FromDer as _, X509Certificate, X509Version};

use super::extension::{AaguidExtension, BasicConstraints, FirmwareExtension, KeyUsage, Wrapping};
use super::name::{AttributeKind, Name};
use super::{CertificateSpec, Damage};
use crate::keys::SigningKey;
use crate::seed::Seed;

fn key() -> SigningKey {
    SigningKey::es256(&Seed::new([3; 32]))
}

fn good() -> CertificateSpec {
    CertificateSpec {
        not_before: 1_700_000_000,
        not_after: 2_600_000_000,
        basic_constraints: Some(BasicConstraints { ca: false, path_length: None, critical: false }),
        key_usage: Some(KeyUsage::DigitalSignature),
        aaguid: Some(AaguidExtension::of(&[9; 16])),
        firmware: Some(FirmwareExtension { version: 258, critical: false }),
        subject_key_identifier: Some(vec![1; 20]),
        authority_key_identifier: Some(vec![2; 20]),
        dns_names: vec!["mds.test".to_owned()],
        ..CertificateSpec::new(Name::attestation("Leaf"), Name::of("Authority", "Root"), &key())
    }
}

#[track_caller]
fn check(spec: CertificateSpec, examine: impl FnOnce(&X509Certificate<'_>)) {
    let der = spec.issue(&key()).unwrap();
    let (rest, certificate) = X509Certificate::from_der(&der).unwrap();
    assert!(rest.is_empty());
    examine(&certificate);
}

#[test]
fn a_good_certificate_reads_back() {
    check(good(), |c| {
        assert_eq!(c.version(), X509Version::V3);
        assert_eq!(c.subject().to_string(), "C=CH, O=Assay Test Lab, OU=Authenticator Attestation, CN=Leaf");
        assert!(!c.basic_constraints().unwrap().unwrap().value.ca);
        assert!(c.key_usage().unwrap().unwrap().value.digital_signature());
        assert_eq!(c.validity().not_before.timestamp(), 1_700_000_000);
        assert_eq!(c.validity().not_after.timestamp(), 2_600_000_000);
        let aaguid = c.extensions().iter().find(|e| e.oid.to_id_string() == "1.3.6.1.4.1.45724.1.1.4").unwrap();
        assert_eq!(aaguid.value[..2], [0x04, 0x10]);
        assert!(!aaguid.critical);
        assert_eq!(c.public_key().raw, key().spki());
    });
}

#[test]
fn edits_show() {
    check(CertificateSpec { version: 1, ..good() }, |c| {
        assert_eq!(c.version(), X509Version::V1);
        assert!(c.extensions().is_empty());
    });
    check(CertificateSpec { version: 2, ..good() }, |c| assert_eq!(c.version(), X509Version::V2));
    let mut spec = good();
    spec.subject.remove(AttributeKind::Organization);
    check(spec, |c| assert_eq!(c.subject().iter_organization().count(), 0));
    let aaguid = AaguidExtension { wrapping: Wrapping::Single, critical: true, ..AaguidExtension::of(&[9; 16]) };
    check(CertificateSpec { aaguid: Some(aaguid), ..good() }, |c| {
        let aaguid = c.extensions().iter().find(|e| e.value.len() == 16 && e.critical);
        assert_eq!(aaguid.unwrap().value, [9; 16]);
    });
    let ca = BasicConstraints { ca: true, path_length: Some(0), critical: true };
    check(CertificateSpec { basic_constraints: Some(ca), ..good() }, |c| {
        let constraints = c.basic_constraints().unwrap().unwrap();
        assert_eq!((constraints.value.ca, constraints.value.path_len_constraint), (true, Some(0)));
        assert!(constraints.critical);
    });
}

#[test]
fn damage_shows() {
    let right = good().issue(&key()).unwrap();
    for damage in [Damage::SignatureBit, Damage::TrailingByte, Damage::Truncated] {
        assert_ne!(CertificateSpec { damage, ..good() }.issue(&key()).unwrap(), right);
    }
}

#[test]
fn every_kind_of_key_signs_certificates() {
    for algorithm in alg::SIGNATURES {
        let signer = SigningKey::of(algorithm, &Seed::new([4; 32])).unwrap();
        let der = good().issue(&signer).unwrap();
        let (_, certificate) = X509Certificate::from_der(&der).unwrap();
        let message = certificate.tbs_certificate.as_ref();
        let signature = &certificate.signature_value.data;
        Verifier::for_cose(algorithm, &signer.public_key()).unwrap().verify(message, signature).unwrap();
    }
}
