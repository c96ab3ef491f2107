//! Every statement and every algorithm that a virtual key has, before a relying party.

use assay_attestation::Anchors;
use assay_authenticator_sim::attestation::Attestation;
use assay_authenticator_sim::config::{ALGORITHMS, KeyConfig};
use assay_authenticator_sim::env::Touch;
use assay_mint::lab::{ANDROID, MODEL, TPM_MODEL};
use assay_mint::statement::Format;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::cose::alg;
use assay_protocol::webauthn::AttestationConveyance;
use assay_relying_party::Trust;
use assay_relying_party::authentication;
use assay_relying_party::registration::Wishes;
use assay_relying_party::trust::Chain;

use super::desk::{Desk, lab};

fn direct(algorithm: i64) -> Wishes {
    Wishes { attestation: AttestationConveyance::Direct, algorithms: vec![algorithm], ..Wishes::default() }
}

#[test]
fn every_format_is_verified_up_to_its_root() {
    let mint = &lab().0.mint;
    let chains = [mint.model(MODEL), mint.u2f("sim"), mint.tpm(TPM_MODEL), mint.android_key(), mint.apple()];
    let roots: Vec<Vec<u8>> = chains.iter().map(|chain| chain.issue().unwrap().root).collect();
    let anchors = Anchors::parse(&roots).unwrap();
    let trust = Trust::anchors(&anchors);
    let [packed, u2f, tpm, android, apple] = chains.map(Box::new);
    for (format, aaguid) in [
        (Format::Packed(packed), MODEL),
        (Format::FidoU2f(u2f), Aaguid::ZERO),
        (Format::Tpm(tpm), TPM_MODEL),
        (Format::AndroidKey(android), ANDROID),
        (Format::Apple(apple), Aaguid::ZERO),
    ] {
        let fmt = format.fmt();
        let attestation = Attestation::of(format).unwrap();
        let config = KeyConfig { aaguid, attestation, ..KeyConfig::security_key() };
        let mut desk = Desk::with(config, Touch::Given);
        let made =
            desk.register_trusting("ada", direct(alg::ES256), &trust).unwrap_or_else(|why| panic!("{fmt}: {why:?}"));
        assert_eq!((made.evidence.fmt.to_string().as_str(), &made.evidence.chain), (fmt, &Chain::Anchor));
        desk.sign_in(authentication::Wishes::default()).unwrap();
    }
}

#[test]
fn every_algorithm_of_a_virtual_key_registers_and_signs_in() {
    // The metadata of the model list two algorithms, so that its root is trusted without them.
    let chain = lab().0.mint.model(MODEL);
    let packed = Attestation::packed(&chain).unwrap();
    let anchors = Anchors::parse(&[chain.issue().unwrap().root]).unwrap();
    let trust = Trust::anchors(&anchors);
    for algorithm in ALGORITHMS {
        let config = KeyConfig { attestation: packed.clone(), ..KeyConfig::ctap_2_3() };
        let mut desk = Desk::with(config, Touch::Given);
        let made = desk
            .register_trusting("ada", direct(algorithm), &trust)
            .unwrap_or_else(|why| panic!("{algorithm}: {why:?}"));
        assert_eq!(made.evidence.algorithm, algorithm);
        desk.sign_in(authentication::Wishes::default()).unwrap();
    }
}
