use super::{Lab, MODEL};

fn lab() -> Lab {
    Lab::new([6; 32], 1_795_000_000)
}

#[test]
fn everything_repeats() {
    assert_eq!(lab().model(MODEL).issue().unwrap(), lab().model(MODEL).issue().unwrap());
    assert_eq!(lab().metadata().issue().unwrap(), lab().metadata().issue().unwrap());
    let other = Lab::new([7; 32], 1_795_000_000);
    assert_ne!(lab().model(MODEL).issue().unwrap(), other.model(MODEL).issue().unwrap());
}

#[test]
fn models_have_roots_of_their_own_unless_they_share_one() {
    let other = "ee882879-721c-4913-9775-3dfcce97072a".parse().unwrap();
    let root = |chain: crate::chain::Chain| chain.issue().unwrap().root;
    assert_ne!(root(lab().model(MODEL)), root(lab().model(other)));
    assert_eq!(root(lab().shared_root_model(MODEL)), root(lab().shared_root_model(other)));
    let leaf = |chain: crate::chain::Chain| chain.issue().unwrap().leaf;
    assert_ne!(leaf(lab().shared_root_model(MODEL)), leaf(lab().shared_root_model(other)));
}

#[test]
fn batches_share_the_models_authorities() {
    let a = lab().batch(MODEL, "BATCH-A").issue().unwrap();
    let b = lab().batch(MODEL, "BATCH-B").issue().unwrap();
    assert_eq!((&a.root, &a.intermediates), (&b.root, &b.intermediates));
    assert_ne!(a.leaf, b.leaf);
}

#[test]
fn a_u2f_model_is_named_by_its_key() {
    let chain = lab().u2f("label");
    assert_eq!(lab().u2f_key_identifier("label"), chain.leaf.key.key_identifier());
    assert_eq!(chain.leaf.spec.subject_key_identifier.unwrap(), lab().u2f_key_identifier("label"));
    assert!(chain.intermediate.is_none());
}
