use crate::certificate::extension::{BasicConstraints, Extension, KeyUsage};
use crate::certificate::name::Name;
use crate::certificate::{CertificateSpec, Damage};
use crate::chain::Chain;
use crate::draft::X5cDraft;

const DAY: i64 = 86_400;

edits! {
    /// Edits of the authorities above an attestation certificate (RFC 5280 6.1).
    pub enum PathEdit on Chain {
        Rogue = "path-rogue", Wrong, "authorities of the same names with other keys", Chain::usurp;
        SelfMadeIntermediate = "path-self-made-intermediate", Wrong, "an intermediate of the right name, signed by its own key", Chain::usurp_intermediate;
        LeafAsAuthority = "path-leaf-as-authority", Wrong, "the leaf was issued by another leaf, which is no authority", leaf_as_authority;
        IntermediateExpired = "path-intermediate-expired", Wrong, "the intermediate expired yesterday", |c| if let Some(i) = &mut c.intermediate { i.spec.not_after = c.now - DAY; };
        IntermediateNotYetValid = "path-intermediate-not-yet-valid", Wrong, "the intermediate is valid from tomorrow", |c| if let Some(i) = &mut c.intermediate { i.spec.not_before = c.now + DAY; };
        IntermediateNotAuthority = "path-intermediate-not-authority", Wrong, "the intermediate's basic constraints do not say CA", |c| intermediate(c, |i| i.basic_constraints = Some(BasicConstraints { ca: false, path_length: None, critical: true }));
        IntermediateUnconstrained = "path-intermediate-unconstrained", Wrong, "the intermediate has no basic constraints", |c| intermediate(c, |i| i.basic_constraints = None);
        IntermediateVersion1 = "path-intermediate-version-1", Wrong, "the intermediate is X.509 version 1", |c| intermediate(c, |i| i.version = 1);
        IntermediateUsage = "path-intermediate-usage", Wrong, "the intermediate may not sign certificates", |c| intermediate(c, |i| i.key_usage = Some(KeyUsage::DigitalSignature));
        IntermediateWithoutUsage = "path-intermediate-without-usage", Debated, "the intermediate has no key usage", |c| intermediate(c, |i| i.key_usage = None);
        IntermediateSignature = "path-intermediate-signature", Wrong, "the last bit of the intermediate's signature is flipped", |c| intermediate(c, |i| i.damage = Damage::SignatureBit);
        IntermediateUnknownCritical = "path-intermediate-unknown-critical", Wrong, "the intermediate has a critical extension that nobody knows", |c| intermediate(c, |i| i.extra_extensions.push(Extension { oid: vec![1, 3, 6, 1, 4, 1, 55555, 1], critical: true, value: vec![5, 0] }));
        PathLength = "path-length", Wrong, "an authority more than the path length constraint allows", path_length;
        Subordinate = "path-subordinate", Harmless, "two intermediates", Chain::add_subordinate;
    }
}

edits! {
    /// Edits of the certificates that a statement carries.
    pub enum X5cEdit on X5cDraft {
        WithRoot = "x5c-with-root", Debated, "the root at the end", |d| d.certificates.push(d.issued.root.clone());
        WrongOrder = "x5c-wrong-order", Wrong, "the leaf last", |d| d.certificates.reverse();
        LeafOnly = "x5c-leaf-only", Debated, "the intermediate is left out", |d| d.certificates.truncate(1);
        LeafMissing = "x5c-leaf-missing", Wrong, "the leaf is left out", |d| if !d.certificates.is_empty() { d.certificates.remove(0); };
        LeafTwice = "x5c-leaf-twice", Wrong, "the leaf twice", |d| d.certificates.insert(0, d.issued.leaf.clone());
        Unrelated = "x5c-unrelated", Wrong, "a certificate at the end that has no part in the path", unrelated;
        RootOnly = "x5c-root-only", Wrong, "nothing but the root", |d| d.certificates = vec![d.issued.root.clone()];
        IntermediateGarbage = "x5c-intermediate-garbage", Wrong, "an intermediate that is not DER", |d| if let Some(last) = d.certificates.get_mut(1) { *last = vec![0xff; 64]; };
        UnknownAlgorithm = "x5c-unknown-algorithm", Wrong, "a leaf signed by an algorithm that is nobody's", unknown_algorithm;
        TooLong = "x5c-too-long", Wrong, "seventeen certificates", |d| d.certificates.extend(vec![d.issued.root.clone(); 17_usize.saturating_sub(d.certificates.len())]);
        RogueWithRoot = "x5c-rogue-with-root", Wrong, "a whole path of the same names and other keys, its own root at the end", rogue_with_root;
    }
}

fn intermediate(chain: &mut Chain, edit: fn(&mut CertificateSpec)) {
    if let Some(intermediate) = &mut chain.intermediate {
        edit(&mut intermediate.spec);
    }
}

fn path_length(chain: &mut Chain) {
    chain.add_subordinate();
    intermediate(chain, |spec| {
        spec.basic_constraints = Some(BasicConstraints { ca: true, path_length: Some(0), critical: true });
    });
}

fn leaf_as_authority(chain: &mut Chain) {
    chain.add_subordinate();
    if let Some(subordinate) = &mut chain.subordinate {
        subordinate.spec.subject = Name::attestation("Assay Other Leaf");
        subordinate.spec.basic_constraints = chain.leaf.spec.basic_constraints;
        subordinate.spec.key_usage = None;
        subordinate.spec.aaguid = chain.leaf.spec.aaguid.clone();
        chain.leaf.spec.issuer = subordinate.spec.subject.clone();
    }
}

fn unrelated(draft: &mut X5cDraft) {
    let mut chain = draft.chain.clone();
    chain.usurp();
    if let Ok(issued) = chain.issue() {
        draft.certificates.extend(issued.intermediates);
    }
}

/// Renames ecdsa-with-SHA256, inside and outside alike, to its neighbour that does not exist.
fn unknown_algorithm(draft: &mut X5cDraft) {
    const KNOWN: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    let Some(leaf) = draft.certificates.first_mut() else { return };
    let places: Vec<usize> =
        leaf.windows(KNOWN.len()).enumerate().filter(|(_, bytes)| *bytes == KNOWN).map(|(at, _)| at).collect();
    for place in places {
        if let Some(last) = leaf.get_mut(place + KNOWN.len() - 1) {
            *last = 0x7f;
        }
    }
}

fn rogue_with_root(draft: &mut X5cDraft) {
    let mut chain = draft.chain.clone();
    chain.usurp();
    if let Ok(issued) = chain.issue() {
        draft.certificates = issued.x5c();
        draft.certificates.push(issued.root);
    }
}
