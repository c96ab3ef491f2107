use std::collections::BTreeMap;

use assay_attestation::metadata::{Metadata, ModelId};
use assay_attestation::{Anchors, AttestationType, Sufficient};
use assay_mint::edits::{AuthenticatorDataEdit, PathEdit};
use assay_mint::lab::MODEL;
use assay_mint::metadata::Issue;
use assay_mint::registration::RegistrationForge;
use assay_mint::statement::Format;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::cose::alg;
use assay_protocol::webauthn::{Dialect, RegistrationResponse};

use super::{Chain, Demand, Trust};
use crate::Profile;
use crate::profile::Switches;
use crate::registration::{self, Registration};
use crate::rejection::Rejection;
use crate::tests::{CHALLENGE, RP_ID, Register, code, lab};

fn packed() -> RegistrationForge {
    RegistrationForge::packed(&lab(), RP_ID, &CHALLENGE)
}

fn judge(forge: &RegistrationForge, trust: &Trust<'_>) -> Result<Registration, Rejection> {
    let Register { rp, pending, now, .. } = Register::new();
    let text = forge.forge().unwrap().text;
    let response = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn).unwrap();
    registration::finish(&rp, &pending, &response, trust, &|_| false, &Profile::default(), now)
}

fn root(forge: &RegistrationForge) -> Anchors {
    let root = forge.format.chain().unwrap().issue().unwrap().root;
    Anchors::parse([root]).unwrap()
}

#[test]
fn nobody_is_asked_unless_somebody_is_given() {
    assert_eq!(judge(&packed(), &Trust::unjudged()).unwrap().evidence.chain, Chain::NotJudged);
    let empty = Anchors::default();
    assert_eq!(code(&judge(&packed(), &Trust::anchors(&empty))), "path_untrusted");
}

#[test]
fn a_report_refuses_nothing() {
    let anchors = root(&packed());
    let trust = Trust { demand: Demand::Report, ..Trust::anchors(&anchors) };
    let rogue = packed().edited(PathEdit::Rogue);
    assert_eq!(judge(&rogue, &trust).unwrap().evidence.chain, Chain::Unverified { code: "path_signature" });
    assert_eq!(code(&judge(&rogue, &Trust::anchors(&anchors))), "path_signature");
    assert_eq!(judge(&packed(), &trust).unwrap().evidence.chain, Chain::Anchor);
}

#[test]
fn a_bound_anchor_is_for_its_model_alone() {
    let to = |aaguid: Aaguid, forge: &RegistrationForge| BTreeMap::from([(aaguid, root(forge))]);
    let judge_bound = |forge: &RegistrationForge, bound: &BTreeMap<Aaguid, Anchors>| {
        judge(forge, &Trust { bound: Some(bound), ..Trust::default() })
    };
    assert_eq!(code(&judge_bound(&packed(), &to(Aaguid::ZERO, &packed()))), "path_untrusted");
    let evidence = judge_bound(&packed(), &to(MODEL, &packed())).unwrap().evidence;
    assert_eq!(evidence.chain, Chain::Bound);
    assert_eq!(evidence.for_policy().chain, crate::policy::Chain::Tenant);

    // Nobody's AAGUID lends a U2F key an anchor.
    let u2f = RegistrationForge::fido_u2f(&lab(), "bound", RP_ID, &CHALLENGE);
    assert_eq!(code(&judge_bound(&u2f, &to(Aaguid::ZERO, &u2f))), "path_untrusted");
}

#[test]
fn metadata_bind_anchors_to_models() {
    let lab = lab();
    let payload = serde_json::to_vec(&lab.metadata_payload(&Issue::new(1)).unwrap()).unwrap();
    let metadata = Metadata::load_unsigned_json(&payload, None).unwrap();
    let trust = Trust::metadata(&metadata);
    let listed: Vec<Aaguid> = metadata
        .entries()
        .iter()
        .filter(|entry| entry.attestation_types.iter().any(|kind| kind == "basic_full"))
        .filter(|entry| entry.attestation_root_certificates.iter().count() > 0)
        .filter_map(|entry| match entry.id {
            ModelId::Aaguid(aaguid) => Some(aaguid),
            _ => None,
        })
        .take(2)
        .collect();
    let [one, other] = listed.as_slice() else { panic!("{listed:?}") };
    let forge = RegistrationForge::packed_model(&lab, *one, RP_ID, &CHALLENGE);
    assert_eq!(judge(&forge, &trust).unwrap().evidence.chain, Chain::Metadata);
    // One model's certificates under another's name.
    let mut claimed = RegistrationForge::packed_model(&lab, *other, RP_ID, &CHALLENGE);
    claimed.format = forge.format.clone();
    assert_eq!(code(&judge(&claimed, &trust)), "packed_certificate_aaguid");
    let unknown = forge.edited(AuthenticatorDataEdit::AaguidZero);
    let profile = Profile::default().without("packed_certificate_aaguid").unwrap();
    let Register { rp, pending, now, .. } = Register::new();
    let text = unknown.forge().unwrap().text;
    let response = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn).unwrap();
    let verdict = registration::finish(&rp, &pending, &response, &trust, &|_| false, &profile, now);
    assert_eq!(code(&verdict), "path_untrusted");
}

#[test]
fn a_u2f_key_is_known_by_its_certificate() {
    let lab = lab();
    let payload = serde_json::to_vec(&lab.metadata_payload(&Issue::new(1)).unwrap()).unwrap();
    let metadata = Metadata::load_unsigned_json(&payload, None).unwrap();
    let u2f = RegistrationForge::fido_u2f(&lab, "unlisted", RP_ID, &CHALLENGE);
    assert_eq!(code(&judge(&u2f, &Trust::metadata(&metadata))), "path_untrusted");
}

#[test]
fn algorithm_names_are_those_of_the_registry() {
    let names = ["secp256r1_ecdsa_sha256_raw", "ed25519_eddsa_sha512_raw", "rsassa_pkcsv15_sha256_raw", "made_up"];
    assert_eq!(names.map(alg::of_registry), [Some(-7), Some(-8), Some(-257), None]);
}

/// Two models' statements about one credential: each is trusted for itself.
fn compound(rogue: bool) -> RegistrationForge {
    let forge = RegistrationForge::compound(&lab(), RP_ID, &CHALLENGE);
    if rogue { forge.edited(PathEdit::Rogue) } else { forge }
}

fn sufficient(compound: Sufficient) -> Profile {
    let switches = Switches { compound, ..Profile::default().switches };
    Profile::with_switches("w3c-l3", switches).unwrap()
}

fn judge_as(
    forge: &RegistrationForge,
    trust: &Trust<'_>,
    accepted: Option<Vec<AttestationType>>,
    profile: &Profile,
) -> Result<Registration, Rejection> {
    let Register { rp, mut pending, now, .. } = Register::new();
    pending.expectations.attestation_types = accepted;
    let text = forge.forge().unwrap().text;
    let response = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn).unwrap();
    registration::finish(&rp, &pending, &response, trust, &|_| false, profile, now)
}

#[test]
fn every_part_of_a_compound_statement_is_trusted_for_itself() {
    use Sufficient::{All, Any, AtLeast};
    let anchors = root(&compound(false));
    let trust = Trust::anchors(&anchors);
    let report = Trust { demand: Demand::Report, ..trust };
    let broken = Chain::Unverified { code: "path_signature" };
    for (rogue, sufficient_are, expected, reported) in [
        (false, All, Ok(Chain::Anchor), Chain::Anchor),
        (true, All, Err("path_signature"), broken.clone()),
        (true, Any, Ok(Chain::Anchor), Chain::Anchor),
        (true, AtLeast(2), Err("path_signature"), broken),
    ] {
        let profile = sufficient(sufficient_are);
        let verdict = judge_as(&compound(rogue), &trust, None, &profile);
        match (&verdict, &expected) {
            (Ok(registration), Ok(chain)) => assert_eq!(registration.evidence.chain, *chain),
            (verdict, expected) => assert_eq!(code(verdict), expected.clone().unwrap_err()),
        }
        let evidence = judge_as(&compound(rogue), &report, None, &profile).unwrap().evidence;
        assert_eq!(evidence.chain, reported, "{sufficient_are:?}");
        assert_eq!(evidence.parts.len(), 2);
    }
}

#[test]
fn every_part_of_a_compound_statement_is_of_an_accepted_type() {
    let model = lab().model(MODEL);
    let formats = vec![Format::Packed(Box::new(model)), Format::PackedSelf];
    let forge = RegistrationForge { format: Format::Compound(formats), ..compound(false) };
    let anchors = root(&forge);
    let trust = Trust::anchors(&anchors);
    let basic = || Some(vec![AttestationType::Basic]);
    let judge = |accepted, sufficient_are| judge_as(&forge, &trust, accepted, &sufficient(sufficient_are));
    assert_eq!(code(&judge(basic(), Sufficient::All)), "attestation_type_not_allowed");
    let evidence = judge(basic(), Sufficient::Any).unwrap().evidence;
    assert_eq!((evidence.chain, evidence.parts.len()), (Chain::Anchor, 1));
    // Where every voice counts, the weakest speaks for the whole.
    let evidence = judge(None, Sufficient::All).unwrap().evidence;
    assert_eq!((evidence.fmt.name(), evidence.vouching_fmt.name()), ("compound", "packed"));
    assert_eq!(evidence.attestation_type, AttestationType::SelfAttestation);
    assert_eq!(evidence.for_policy().attestation, AttestationType::SelfAttestation);
    let json = evidence.to_json();
    let chains: Vec<_> = json["parts"].as_array().unwrap().iter().map(|part| part["chain"].clone()).collect();
    assert_eq!(chains, ["anchor", "absent"]);
    // A path of any kind vouches for more.
    let evidence = judge(None, Sufficient::Any).unwrap().evidence;
    assert_eq!(evidence.attestation_type, AttestationType::Basic);
}
