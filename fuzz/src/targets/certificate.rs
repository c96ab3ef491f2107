//! One certificate, and one revocation list.

use assay_attestation::android_key::KeyDescription;
use assay_attestation::revocation::{self, RevocationList};
use assay_attestation::{Certificate, apple, path};
use assay_mint::keys::SigningKey;
use assay_mint::revocation::ListSpec;
use assay_protocol::tree::der;

use super::good;

pub(super) fn run(input: &[u8]) {
    let _ = KeyDescription::parse(input);
    if let Ok(list) = RevocationList::parse(input) {
        let anchors: Vec<&Certificate> = good::anchors().iter().collect();
        for certificate in &anchors {
            let _ = revocation::status(std::slice::from_ref(&list), certificate, &anchors, good::now());
        }
    }
    let Ok(certificate) = Certificate::parse(input) else { return };
    assert_eq!(certificate.der, input);
    let document = der::read(input);
    assert!(document.rest.is_empty() || !document.anomalies.is_empty(), "bytes after the certificate");
    let copied = certificate.extensions.iter().map(|extension| extension.value.len()).sum::<usize>();
    assert!(copied <= input.len(), "{copied} bytes of extensions in {}", input.len());
    let _ = (certificate.common_name(), certificate.bears("mds.assay.test"), certificate.key_identifier());
    let _ = (certificate.aaguid(), certificate.firmware_version(), certificate.key.public_key());
    let _ = (certificate.fingerprint(), apple::nonce(&certificate));
    let _ = certificate.verify_signed_by(&certificate.key);
    let alone = std::slice::from_ref(&certificate);
    for enforced in [&Default::default(), good::unchecked()] {
        let _ = path::verify(alone, good::anchors(), good::now(), enforced);
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (_, forge) in good::forges() {
        seeds.extend(forge.forge().expect("a good one").x5c);
        seeds.extend(forge.format.chain().map(|chain| chain.issue().expect("the lab issues certificates").root));
    }
    let lab = good::lab();
    for alg in [assay_protocol::cose::alg::RS256, assay_protocol::cose::alg::ES384, assay_protocol::cose::alg::EDDSA] {
        let mut chain = lab.model(assay_mint::lab::MODEL);
        chain.set_leaf_key(SigningKey::of(alg, lab.seed()).expect("the lab has such keys"));
        seeds.push(chain.issue().expect("the lab issues certificates").leaf);
    }
    let mut list = ListSpec::of(&lab.metadata().root, good::NOW);
    list.revoked = vec![vec![1, 2, 3], vec![4]];
    seeds.push(list.issue(&lab.metadata().root.key).expect("the lab issues lists"));
    seeds.sort();
    seeds.dedup();
    seeds
}
