use assay_mint::certificate::extension::{BasicConstraints, Extension, KeyUsage};
use assay_mint::certificate::name::Name;
use assay_mint::chain::{Chain, Issued};
use assay_mint::keys::SigningKey;
use assay_mint::lab::{Lab, MODEL};
use assay_protocol::check::Enforced;
use assay_protocol::cose::alg;
use time::OffsetDateTime;

use super::{Anchors, MAX_CERTIFICATES, verify};
use crate::certificate::Certificate;

const NOW: i64 = 1_795_305_600;
const DAY: i64 = 86_400;

fn chain() -> Chain {
    Lab::new([7; 32], NOW).model(MODEL)
}

fn edited(edit: fn(&mut Chain)) -> Issued {
    let mut chain = chain();
    edit(&mut chain);
    chain.issue().unwrap()
}

fn judge_under(x5c: &[impl AsRef<[u8]>], anchors: &[&Vec<u8>], enforced: &Enforced) -> &'static str {
    let path: Vec<Certificate> = x5c.iter().map(|der| Certificate::parse(der.as_ref()).unwrap()).collect();
    let anchors = Anchors::parse(anchors).unwrap();
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    match verify(&path, &anchors, now, enforced) {
        Ok(Some(_)) => "anchored",
        Ok(None) => "nowhere",
        Err(rejection) => rejection.code(),
    }
}

/// Everything but the tool's opinion about roots.
fn judge(x5c: &[impl AsRef<[u8]>], anchors: &[&Vec<u8>]) -> &'static str {
    judge_under(x5c, anchors, &Enforced::all().without("root_in_x5c"))
}

#[test]
fn an_anchor_is_a_root_an_intermediate_or_the_leaf() {
    let Issued { root, intermediates, leaf } = edited(|_| {});
    let [intermediate] = intermediates.as_slice() else { panic!() };
    let full = [leaf.clone(), intermediate.clone(), root.clone()];
    for anchor in [&root, intermediate, &leaf] {
        assert_eq!(judge(&full, &[anchor]), "anchored");
        assert_eq!(judge(&full[..2], &[anchor]), "anchored");
    }
    assert_eq!(judge(&full[..1], &[&root]), "path_untrusted");
    assert_eq!(judge(&full[..1], &[intermediate]), "anchored");
    assert_eq!(judge(&full[..1], &[&root, intermediate]), "anchored");
    assert_eq!(judge(&full, &[]), "path_untrusted");
    assert_eq!(judge(&[&leaf; 0], &[&leaf]), "path_untrusted");
}

#[test]
fn nothing_that_is_brought_along_is_an_anchor() {
    let good = edited(|_| {});
    let rogue = edited(Chain::usurp);
    let rogue_path = [rogue.leaf, rogue.intermediates[0].clone(), rogue.root];
    assert_eq!(judge(&rogue_path, &[&good.root]), "path_signature");
    assert_eq!(judge(&rogue_path[..2], &[&good.root]), "path_signature");

    let stranger = Chain::new(assay_mint::seed::Seed::new([9; 32]), "Stranger", Name::attestation("Stranger"), NOW);
    let Issued { root, intermediates, leaf } = stranger.issue().unwrap();
    assert_eq!(judge(&[leaf, intermediates[0].clone(), root], &[&good.root]), "path_untrusted");
}

#[test]
fn an_anchor_is_known_by_name_and_key() {
    let good = edited(|_| {});
    // The same root issued again: other dates, another signature.
    let again = edited(|chain| chain.root.spec.not_after += DAY);
    assert_ne!(good.root, again.root);
    let path = [good.leaf, good.intermediates[0].clone(), good.root];
    assert_eq!(judge(&path, &[&again.root]), "anchored");
    // Of two of that name, the one with the right key.
    let rogue = edited(Chain::usurp);
    assert_eq!(judge(&path, &[&rogue.root, &again.root]), "anchored");
}

#[test]
fn every_link_is_judged() {
    type Case = (fn(&mut Chain), &'static str);
    let cases: [Case; 14] = [
        (|_| {}, "anchored"),
        (|chain| chain.leaf.spec.not_after = NOW - 1, "path_expired"),
        (|chain| chain.leaf.spec.not_before = NOW + 1, "path_not_yet_valid"),
        (|chain| chain.intermediate.as_mut().unwrap().spec.not_after = NOW - 1, "path_expired"),
        // An anchor is trusted as it stands.
        (|chain| chain.root.spec.not_after = NOW - 1, "anchored"),
        (|chain| chain.leaf.spec.issuer = Name::of("CA", "Other"), "path_name_chaining"),
        (|chain| chain.leaf_signer = Some(chain.root.key.clone()), "path_signature"),
        (|chain| chain.intermediate.as_mut().unwrap().spec.basic_constraints = None, "path_issuer_not_ca"),
        (|chain| chain.root.spec.basic_constraints = None, "path_issuer_not_ca"),
        (
            |chain| chain.intermediate.as_mut().unwrap().spec.key_usage = Some(KeyUsage::DigitalSignature),
            "path_key_usage",
        ),
        (|chain| chain.intermediate.as_mut().unwrap().spec.key_usage = None, "anchored"),
        (Chain::add_subordinate, "anchored"),
        (|chain| limited(chain, 0), "path_length"),
        (|chain| limited(chain, 1), "anchored"),
    ];
    for (at, (edit, expected)) in cases.into_iter().enumerate() {
        let issued = edited(edit);
        assert_eq!(judge(&issued.x5c(), &[&issued.root]), expected, "case {at}");
    }
}

fn limited(chain: &mut Chain, path_length: u8) {
    chain.add_subordinate();
    chain.intermediate.as_mut().unwrap().spec.basic_constraints =
        Some(BasicConstraints { ca: true, path_length: Some(path_length), critical: true });
}

#[test]
fn the_length_counts_from_the_anchor_too() {
    let mut chain = chain();
    chain.root.spec.basic_constraints = Some(BasicConstraints { ca: true, path_length: Some(0), critical: true });
    let issued = chain.issue().unwrap();
    assert_eq!(judge(&issued.x5c(), &[&issued.root]), "path_length");
    assert_eq!(judge(&issued.x5c(), &[&issued.intermediates[0]]), "anchored");
}

#[test]
fn a_leaf_that_is_an_anchor_issues_nothing() {
    let mut forged = chain();
    let batch = forged.leaf.clone();
    forged.leaf.spec.issuer = batch.spec.subject.clone();
    forged.leaf.spec.subject = Name::attestation("Forged");
    forged.leaf_signer = Some(batch.key.clone());
    let forged = forged.issue().unwrap().leaf;
    let batch_der = chain().issue().unwrap().leaf;
    assert_eq!(judge(&[forged.clone(), batch_der.clone()], &[&batch_der]), "path_issuer_not_ca");
    assert_eq!(judge(&[&forged], &[&batch_der]), "path_issuer_not_ca");
    // Nor does a copy of it that calls itself a CA.
    let mut copy = chain();
    copy.leaf.spec.basic_constraints = Some(BasicConstraints { ca: true, path_length: None, critical: true });
    let copy = copy.issue().unwrap().leaf;
    assert_eq!(judge(&[forged, copy], &[&batch_der]), "path_issuer_not_ca");
}

#[test]
fn an_anchor_from_before_version_3_may_issue() {
    let issued = edited(|chain| chain.root.spec.version = 1);
    assert_eq!(judge(&issued.x5c(), &[&issued.root]), "anchored");
    // One that is brought along may not.
    let issued = edited(|chain| chain.intermediate.as_mut().unwrap().spec.version = 1);
    assert_eq!(judge(&issued.x5c(), &[&issued.root]), "path_issuer_not_ca");
}

#[test]
fn critical_extensions_must_be_understood() {
    let strange = |critical| Extension { oid: vec![2, 5, 29, 30], critical, value: vec![0x30, 0] };
    for (critical, expected) in [(true, "path_critical_extension"), (false, "anchored")] {
        let mut chain = chain();
        chain.intermediate.as_mut().unwrap().spec.extra_extensions.push(strange(critical));
        let issued = chain.issue().unwrap();
        assert_eq!(judge(&issued.x5c(), &[&issued.root]), expected);
    }
    let understood = edited(|chain| chain.leaf.spec.aaguid.as_mut().unwrap().critical = true);
    assert_eq!(judge(&understood.x5c(), &[&understood.root]), "anchored");
}

#[test]
fn a_root_may_come_along_unless_the_tool_is_asked() {
    let Issued { root, intermediates, leaf } = edited(|_| {});
    let full = [leaf.clone(), intermediates[0].clone(), root.clone()];
    assert_eq!(judge_under(&full, &[&root], &Enforced::all()), "root_in_x5c");
    assert_eq!(judge_under(&full[..2], &[&root], &Enforced::all()), "anchored");
    // A self-issued leaf, its own anchor, is no root behind a leaf.
    let own = edited(|chain| {
        chain.leaf.spec.issuer = chain.leaf.spec.subject.clone();
        chain.leaf_signer = Some(chain.leaf.key.clone());
    });
    assert_eq!(judge_under(&[&own.leaf], &[&own.leaf], &Enforced::all()), "anchored");
}

#[test]
fn without_the_rule_an_untrusted_path_leads_nowhere() {
    let issued = edited(|_| {});
    let enforced = Enforced::all().without("path_untrusted");
    assert_eq!(judge_under(&issued.x5c(), &[], &enforced), "nowhere");
}

#[test]
fn unknown_signature_algorithms_are_named() {
    const WITH_SHA256: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    const WITH_SHA224: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x01];
    let issued = edited(|_| {});
    let mut leaf = issued.leaf.clone();
    for at in 0..leaf.len() - 8 {
        if leaf[at..at + 8] == WITH_SHA256 {
            leaf[at..at + 8].copy_from_slice(&WITH_SHA224);
        }
    }
    let path = [leaf, issued.intermediates[0].clone()];
    assert_eq!(judge(&path, &[&issued.root]), "certificate_algorithm_unsupported");
}

#[test]
fn other_keys_certify_too() {
    let seed = *Lab::new([7; 32], NOW).seed();
    for number in alg::SIGNATURES.into_iter().filter(|number| *number != alg::RS1) {
        let key = SigningKey::of(number, &seed).unwrap();
        let mut chain = chain();
        chain.root.spec.public_key = key.spki();
        chain.root.key = key;
        let issued = chain.issue().unwrap();
        assert_eq!(judge(&issued.x5c(), &[&issued.root]), "anchored");
    }
}

#[test]
fn long_paths_and_many_namesakes_end() {
    let issued = edited(|_| {});
    let many = vec![issued.leaf.clone(); MAX_CERTIFICATES + 1];
    assert_eq!(judge(&many, &[&issued.root]), "statement_x5c_too_long");
    let rogue = edited(Chain::usurp).root;
    let mut anchors = vec![&rogue; 400];
    anchors.push(&issued.root);
    let started = std::time::Instant::now();
    assert_eq!(judge(&issued.x5c(), &anchors), "path_signature");
    assert!(started.elapsed().as_secs() < 5);
}
