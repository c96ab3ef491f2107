//! Signing certificates that were taken back, and what hard and soft make of those nobody tells about.

use assay_mint::chain::{Certified, Chain};
use assay_mint::lab::Lab;
use assay_mint::metadata::Issue;
use assay_mint::revocation::ListSpec;
use time::OffsetDateTime;

use crate::metadata::{Metadata, Trust, signers};
use crate::path::Anchors;
use crate::revocation::{Demand, Revocation, RevocationList};

const NOW: i64 = 1_900_000_000;

fn load(demand: Demand, lists: Vec<RevocationList>) -> Result<Metadata, &'static str> {
    let lab = Lab::new([9; 32], NOW);
    let blob = lab.metadata_blob(&Issue::new(7)).unwrap();
    let mut trust = Trust::new(Anchors::parse([lab.metadata_root().unwrap()]).unwrap()).named("mds.assay.test");
    trust.revocation = Revocation { demand, lists };
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    Metadata::load(&blob, &trust, None, now).map_err(|rejection| rejection.code())
}

fn list(authority: &Certified, revoked: &[&Certified]) -> RevocationList {
    let mut spec = ListSpec::of(authority, NOW);
    spec.revoked = revoked.iter().map(|one| one.spec.serial.clone()).collect();
    RevocationList::parse(&spec.issue(&authority.key).unwrap()).unwrap()
}

#[test]
fn hard_soft_and_off() {
    let Chain { root, intermediate, leaf, .. } = Lab::new([9; 32], NOW).metadata();
    let intermediate = intermediate.unwrap();
    let good = || vec![list(&root, &[]), list(&intermediate, &[])];
    let half = || vec![list(&intermediate, &[])];
    let leaf_gone = || vec![list(&root, &[]), list(&intermediate, &[&leaf])];
    let authority_gone = || vec![list(&root, &[&intermediate]), list(&intermediate, &[])];
    let unknown = |loaded: Result<Metadata, _>| loaded.map(|metadata| metadata.revocation_unknown.len());

    for demand in [Demand::Off, Demand::Soft, Demand::Hard] {
        assert_eq!(unknown(load(demand, good())), Ok(0), "{demand:?}");
    }
    assert_eq!(unknown(load(Demand::Off, Vec::new())), Ok(0));
    assert_eq!(unknown(load(Demand::Soft, Vec::new())), Ok(2));
    assert_eq!(unknown(load(Demand::Hard, Vec::new())), Err("metadata_revocation_unknown"));
    assert_eq!(load(Demand::Soft, half()).unwrap().revocation_unknown, ["Assay Metadata Intermediate"]);
    assert_eq!(unknown(load(Demand::Hard, half())), Err("metadata_revocation_unknown"));
    let gone: [&dyn Fn() -> Vec<RevocationList>; 2] = [&leaf_gone, &authority_gone];
    for lists in gone {
        assert_eq!(unknown(load(Demand::Off, lists())), Ok(0));
        assert_eq!(unknown(load(Demand::Soft, lists())), Err("metadata_certificate_revoked"));
        assert_eq!(unknown(load(Demand::Hard, lists())), Err("metadata_certificate_revoked"));
    }
}

#[test]
fn who_has_signed_is_told_once_it_is_proven() {
    let lab = Lab::new([9; 32], NOW);
    let blob = lab.metadata_blob(&Issue::new(7)).unwrap();
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    let mut trust = Trust::new(Anchors::parse([lab.metadata_root().unwrap()]).unwrap()).named("mds.assay.test");
    trust.revocation.demand = Demand::Hard;
    let names: Vec<_> = signers(&blob, &trust, now).unwrap().iter().map(|one| one.common_name().to_owned()).collect();
    assert_eq!(names, ["mds.assay.test", "Assay Metadata Intermediate"]);
    assert_eq!(signers(&blob, &Trust::fido(), now).unwrap_err().code(), "metadata_chain_untrusted");
}

#[test]
fn one_of_several_may_have_signed() {
    let lab = Lab::new([9; 32], NOW);
    let blob = lab.metadata_blob(&Issue::new(7)).unwrap();
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    let misnamed = Trust::new(Anchors::parse([lab.metadata_root().unwrap()]).unwrap());
    let own = misnamed.clone().named("mds.assay.test");
    let load = |trusts: &[Trust]| {
        Metadata::load_by_any(&blob, trusts, None, now)
            .map(|metadata| metadata.no)
            .map_err(|rejection| rejection.code())
    };
    assert_eq!(load(&[Trust::fido(), misnamed.clone(), own.clone()]), Ok(7));
    // Another lab's root: the same name, another key.
    let namesake = Anchors::parse([Lab::new([8; 32], NOW).metadata_root().unwrap()]).unwrap();
    let namesake = Trust::new(namesake).named("mds.assay.test");
    assert_eq!(load(std::slice::from_ref(&namesake)), Err("metadata_path_invalid"));
    assert_eq!(load(&[namesake, own]), Ok(7));
    assert_eq!(load(&[misnamed, Trust::fido()]), Err("metadata_leaf_name_mismatch"));
    assert_eq!(load(&[]), Err("metadata_chain_untrusted"));
}
