use assay_mint::keys::SigningKey;
use assay_mint::lab::{Lab, MODEL};
use assay_mint::seed::Seed;
use assay_protocol::ctap2::make_credential::Response;
use assay_protocol::signature::verify;

use super::{Attestation, Extras, Subject, none};

fn subject<'s>(key: &'s SigningKey, auth_data: &'s [u8]) -> Subject<'s> {
    Subject { key, credential_id: &[5; 32], auth_data, client_data_hash: &[3; 32] }
}

#[test]
fn replies_are_what_the_typed_response_writes() {
    let key = SigningKey::es256(&Seed::new([1; 32]));
    let edwards = SigningKey::ed25519(&Seed::new([1; 32])).unwrap();
    let chain = Lab::new([2; 32], 1_795_000_000).model(MODEL);
    let packed = Attestation::packed(&chain).unwrap();
    for auth_data in [vec![7; 37], vec![7; 164], vec![7; 300]] {
        let all = Extras { enterprise: true, large_blob_key: Some(vec![9; 32]) };
        let mut replies = vec![none(&auth_data, &Extras::default()), none(&auth_data, &all)];
        for (attestation, key) in
            [(&Attestation::PackedSelf, &key), (&Attestation::PackedSelf, &edwards), (&packed, &key)]
        {
            replies.push(attestation.reply(&subject(key, &auth_data), &Extras::default()).unwrap());
            replies.push(attestation.reply(&subject(key, &auth_data), &all).unwrap());
        }
        for reply in replies {
            let response = Response::parse(&reply).unwrap();
            assert_eq!(response.to_cbor(), reply);
            assert_eq!(response.auth_data, auth_data);
        }
    }
}

#[test]
fn a_batch_signs_with_its_certified_key() {
    let chain = Lab::new([2; 32], 1_795_000_000).model(MODEL);
    let key = SigningKey::es256(&Seed::new([1; 32]));
    for attestation in [Attestation::packed(&chain).unwrap(), Attestation::packed(&chain).unwrap().into_fast().unwrap()]
    {
        let reply = Response::parse(&attestation.reply(&subject(&key, b"data"), &Extras::default()).unwrap()).unwrap();
        let statement = reply.att_stmt.unwrap();
        let member = |name: &str| {
            let entries = statement.as_map().unwrap();
            entries.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value.clone()).unwrap()
        };
        let message = [b"data".as_slice(), &[3; 32]].concat();
        let leaf = &chain.leaf.key;
        verify(leaf.alg(), &leaf.public_key(), &message, member("sig").as_bytes().unwrap()).unwrap();
        let x5c = member("x5c");
        assert_eq!(x5c.as_array().unwrap()[0].as_bytes().unwrap(), &chain.issue().unwrap().leaf);
    }
}
