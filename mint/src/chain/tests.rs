use assay_protocol::signature::verify;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::Chain;
use crate::keys::SigningKey;
use crate::lab::{Lab, MODEL};

fn chain() -> Chain {
    Lab::new([5; 32], 1_795_000_000).model(MODEL)
}

/// Does `issuer` name itself as the issuer of `subject`, and did this key sign it?
#[track_caller]
fn issued(subject: &[u8], issuer: &[u8], key: &SigningKey) -> bool {
    let (_, subject) = X509Certificate::from_der(subject).unwrap();
    let (_, issuer) = X509Certificate::from_der(issuer).unwrap();
    assert_eq!(subject.issuer(), issuer.subject());
    assert_eq!(issuer.public_key().raw, key.spki());
    let message = subject.tbs_certificate.as_ref();
    verify(key.alg(), &key.public_key(), message, &subject.signature_value.data).is_ok()
}

#[test]
fn each_certificate_is_signed_by_the_next() {
    let chain = chain();
    let certificates = chain.issue().unwrap();
    let intermediate = chain.intermediate.as_ref().unwrap();
    assert!(issued(&certificates.leaf, &certificates.intermediates[0], &intermediate.key));
    assert!(issued(&certificates.intermediates[0], &certificates.root, &chain.root.key));
    assert!(issued(&certificates.root, &certificates.root, &chain.root.key));
    assert_eq!(certificates.x5c().len(), 2);
}

#[test]
fn a_direct_chain_has_no_intermediate() {
    let chain = chain().direct();
    let certificates = chain.issue().unwrap();
    assert!(issued(&certificates.leaf, &certificates.root, &chain.root.key));
    assert_eq!(certificates.x5c().len(), 1);
}

#[test]
fn a_subordinate_stands_between() {
    let mut chain = chain();
    chain.add_subordinate();
    let certificates = chain.issue().unwrap();
    let subordinate = chain.subordinate.as_ref().unwrap();
    assert!(issued(&certificates.leaf, &certificates.intermediates[0], &subordinate.key));
    assert_eq!(certificates.x5c().len(), 3);
}

#[test]
fn usurpers_have_the_right_names_and_the_wrong_keys() {
    let genuine = chain();
    let root = genuine.issue().unwrap().root;
    for usurp in [Chain::usurp, Chain::usurp_intermediate] {
        let mut rogue = genuine.clone();
        usurp(&mut rogue);
        let certificates = rogue.issue().unwrap();
        assert!(!issued(&certificates.intermediates[0], &root, &genuine.root.key));
        assert!(issued(&certificates.leaf, &certificates.intermediates[0], &rogue.intermediate.unwrap().key));
    }
}
