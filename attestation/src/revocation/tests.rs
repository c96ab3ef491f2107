use assay_mint::certificate::extension::{Extension, KeyUsage};
use assay_mint::chain::Chain;
use assay_mint::lab::Lab;
use assay_mint::revocation::{ListSpec, distribution_points as points, issuing_distribution_point as scope};
use time::OffsetDateTime;

use super::{RevocationList, Status, distribution_points, status};
use crate::certificate::Certificate;

const NOW: i64 = 1_900_000_000;
const HERE: &str = "http://crl.assay.test/one.crl";

fn chain() -> Chain {
    let mut chain = Lab::new([3; 32], NOW).metadata();
    chain.leaf.spec.extra_extensions.push(points(&[HERE, "ldap://crl.assay.test/x"]));
    chain
}

/// What a list of the intermediate's tells about the leaf.
#[track_caller]
fn told(edit: impl FnOnce(&mut ListSpec, &mut Chain)) -> Status {
    let mut chain = chain();
    let mut spec = ListSpec::of(chain.intermediate.as_ref().unwrap(), NOW);
    edit(&mut spec, &mut chain);
    let list = RevocationList::parse(&spec.issue(&chain.intermediate.as_ref().unwrap().key).unwrap()).unwrap();
    let issued = chain.issue().unwrap();
    let [leaf, issuer, root] =
        [&issued.leaf, &issued.intermediates[0], &issued.root].map(|der| Certificate::parse(der).unwrap());
    status(&[list], &leaf, &[&issuer, &root], OffsetDateTime::from_unix_timestamp(NOW).unwrap())
}

fn revoke(spec: &mut ListSpec, chain: &Chain) {
    spec.revoked = vec![vec![9], chain.leaf.spec.serial.clone(), vec![7, 7]];
}

#[test]
fn a_list_tells_what_stands_in_it() {
    assert_eq!(told(|_, _| {}), Status::Good);
    assert_eq!(told(|spec, _| spec.revoked = vec![vec![1], vec![2]]), Status::Good);
    assert_eq!(told(|spec, chain| revoke(spec, chain)), Status::Revoked);
    assert_eq!(told(|spec, _| spec.next_update = None), Status::Good);
}

#[test]
fn a_list_that_cannot_be_relied_upon_tells_nothing() {
    type Edit = fn(&mut ListSpec, &mut Chain);
    let edits: [(&str, Edit); 8] = [
        ("overdue", |spec, _| spec.next_update = Some(NOW - 1)),
        ("of the future", |spec, _| spec.this_update = NOW + 1),
        ("another's name", |spec, chain| spec.issuer = chain.root.spec.subject.clone()),
        ("another's key", |_, chain| chain.usurp_intermediate()),
        ("of authorities alone", |spec, _| spec.extensions.push(scope(None, false, true))),
        ("of another address", |spec, _| spec.extensions.push(scope(Some("http://else.test/"), false, false))),
        ("a critical extension", |spec, _| {
            spec.extensions.push(Extension { oid: vec![2, 5, 29, 27], critical: true, value: vec![2, 1, 1] });
        }),
        ("an issuer that may not", |_, chain| {
            chain.intermediate.as_mut().unwrap().spec.key_usage = Some(KeyUsage::DigitalSignature);
        }),
    ];
    for (name, edit) in edits {
        let told = told(|spec, chain| {
            revoke(spec, chain);
            let signer = chain.intermediate.as_ref().unwrap().key.clone();
            edit(spec, chain);
            if name == "another's key" {
                // The list is by the key that the certificate does not have.
                let rogue = chain.intermediate.as_mut().unwrap();
                rogue.spec.public_key = signer.spki();
            }
        });
        assert_eq!(told, Status::Unknown, "{name}");
    }
}

#[test]
fn the_scopes_that_hold_the_leaf() {
    for extension in [scope(None, false, false), scope(None, true, false), scope(Some(HERE), true, false)] {
        let revoked = told(|spec, chain| {
            revoke(spec, chain);
            spec.extensions.push(extension.clone());
        });
        assert_eq!(revoked, Status::Revoked);
        assert_eq!(told(|spec, _| spec.extensions.push(extension)), Status::Good);
    }
}

#[test]
fn addresses_over_http_are_found() {
    let leaf = Certificate::parse(&chain().issue().unwrap().leaf).unwrap();
    assert_eq!(distribution_points(&leaf), [HERE]);
    let root = Certificate::parse(&chain().issue().unwrap().root).unwrap();
    assert_eq!(distribution_points(&root), Vec::<String>::new());
}

#[test]
fn what_is_no_list_is_refused() {
    let chain = chain();
    let authority = chain.intermediate.as_ref().unwrap();
    let good = ListSpec::of(authority, NOW).issue(&authority.key).unwrap();
    assert!(RevocationList::parse(&good).is_ok());
    let longer = [good.as_slice(), &[0]].concat();
    let certificate = chain.issue().unwrap().leaf;
    for bytes in [&b""[..], b"-----", &longer, &good[..good.len() - 1], &certificate] {
        assert!(RevocationList::parse(bytes).is_err());
    }
}
