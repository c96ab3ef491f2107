//! Whole ceremonies: relying party, browser and key, each by its own crate, joined by hand.
//!
//! Nothing here is HTTP; `serve.rs` has the same over the wire.

mod accounts;
mod attestations;
mod desk;
mod keys;
mod models;
mod pages;
mod pin;
mod sign_in;

use assay::keys::{channel, seeded, touched};
use assay::lab::Lab;
use assay_attestation::metadata::Level;
use assay_authenticator_sim::serve::Simulator;
use assay_client::Client;
use assay_client::user::Nobody;
use assay_protocol::webauthn::{AttestationConveyance, User};
use assay_relying_party::policy::{self, Mode, Policy};
use assay_relying_party::registration::{self, Wishes};
use assay_relying_party::trust::Chain;
use assay_relying_party::{Profile, RelyingParty, Trust};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2027-03-05 12:00 UTC);

/// The tour: what ARCHITECTURE.md calls the way of a registration.
#[test]
fn the_way_of_a_registration() {
    // A lab of vendors. From its seed follow their certificates, and the metadata that they publish.
    let lab = Lab::new([1; 32], NOW);
    let metadata = lab.metadata().unwrap();

    // A key of one of these vendors, on the desk and at the other end of a channel.
    let key = seeded(&lab, [2; 32], Default::default(), touched()).unwrap();
    let (reports, _simulator) = Simulator::spawn(key).unwrap();
    let mut channel = channel(Box::new(reports)).unwrap();

    // The relying party says what it wants, and remembers what it has said.
    let rp = RelyingParty::new("example.org", "Example", vec!["https://example.org".to_owned()]);
    let ada = User { id: b"ada's handle".to_vec(), name: "ada".to_owned(), display_name: "Ada".to_owned() };
    let wishes = Wishes { attestation: AttestationConveyance::Direct, ..Wishes::default() };
    let (options, pending) = registration::begin(&rp, ada, [3; 32].to_vec(), wishes).unwrap();

    // The browser asks the key, and the key makes a credential.
    let mut client = Client::new("https://example.org", Box::new(Nobody)).unwrap();
    let response = client.create(&options, &mut channel).unwrap();

    // The relying party judges the answer, check by check, and whom to believe about the key's model.
    let profile = Profile::named("hardened").unwrap();
    let trust = Trust::metadata(&metadata);
    let unknown = |_id: &[u8]| false;
    let registered = registration::finish(&rp, &pending, &response, &trust, &unknown, &profile, NOW).unwrap();
    assert_eq!(registered.record.id, response.raw_id);
    assert_eq!(registered.evidence.chain, Chain::Metadata);

    // And the policy says whether such a key is admitted here.
    let policy = Policy { min_certification_level: Some(Level::L1), ..Policy::new(Mode::Block) };
    let evidence = registered.evidence.for_policy();
    let decision = policy::evaluate(&policy, &evidence, Some(&metadata), NOW.date());
    assert!(decision.is_admitted(), "{decision:?}");
}
