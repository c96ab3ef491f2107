//! Every named edit of the lab's BLOB, and what the loader makes of it.

use std::collections::BTreeSet;

use assay_mint::edits::Effect;
use assay_mint::lab::Lab;
use assay_mint::metadata::{self as mint, Issue, MetadataEdit, models};
use assay_protocol::check::Enforced;
use time::{Duration, OffsetDateTime};

use crate::certificate::Certificate;
use crate::metadata::{Entry, KeyIdentifier, LEAF_NAME, Metadata, Rejection, Status, Trust};
use crate::path::{self, Anchors};

const NOW: i64 = 1_900_000_000;

/// What a BLOB with this edit is refused with, or what it costs.
const EXPECTED: &[(&str, Expect)] = &[
    ("metadata-signature-bit", Refused("metadata_signature_invalid")),
    ("metadata-signature-missing", Refused("metadata_signature_invalid")),
    ("metadata-payload-changed", Refused("metadata_signature_invalid")),
    ("metadata-signed-by-stranger", Refused("metadata_signature_invalid")),
    ("metadata-alg-none", Refused("metadata_alg_not_allowed")),
    ("metadata-alg-hs256", Refused("metadata_alg_not_allowed")),
    ("metadata-alg-other", Refused("metadata_signature_invalid")),
    ("metadata-alg-missing", Refused("metadata_jws_malformed")),
    ("metadata-x5c-missing", Refused("metadata_x5c_missing")),
    ("metadata-x5c-empty", Refused("metadata_x5c_missing")),
    ("metadata-x5c-not-base64", Refused("metadata_certificate_malformed")),
    ("metadata-x5c-not-certificate", Refused("metadata_certificate_malformed")),
    ("metadata-x5c-intermediate-missing", Refused("metadata_chain_untrusted")),
    ("metadata-x5c-reversed", Refused("metadata_path_invalid")),
    ("metadata-chain-foreign", Refused("metadata_chain_untrusted")),
    ("metadata-chain-usurped", Refused("metadata_path_invalid")),
    ("metadata-intermediate-not-ca", Refused("metadata_path_invalid")),
    ("metadata-intermediate-expired", Refused("metadata_certificate_expired")),
    ("metadata-leaf-expired", Refused("metadata_certificate_expired")),
    ("metadata-leaf-not-yet-valid", Refused("metadata_certificate_not_yet_valid")),
    ("metadata-leaf-name-foreign", Refused("metadata_leaf_name_mismatch")),
    ("metadata-leaf-name-suffix", Refused("metadata_leaf_name_mismatch")),
    ("metadata-leaf-name-in-subject-only", Refused("metadata_leaf_name_mismatch")),
    ("metadata-leaf-name-in-subject", Costs(0, 0)),
    ("metadata-payload-not-json", Refused("metadata_payload_malformed")),
    ("metadata-payload-not-object", Refused("metadata_payload_malformed")),
    ("metadata-legal-header-missing", Refused("metadata_legal_header_missing")),
    ("metadata-legal-header-empty", Refused("metadata_legal_header_missing")),
    ("metadata-no-missing", Refused("metadata_no_missing")),
    ("metadata-no-not-number", Refused("metadata_no_missing")),
    ("metadata-no-negative", Refused("metadata_no_missing")),
    ("metadata-no-zero", Refused("metadata_no_not_increased")),
    ("metadata-next-update-missing", Refused("metadata_next_update_malformed")),
    ("metadata-next-update-no-day", Refused("metadata_next_update_malformed")),
    ("metadata-entries-missing", Refused("metadata_entries_missing")),
    ("metadata-entry-not-object", Costs(1, 0)),
    ("metadata-entry-without-identifier", Costs(1, 0)),
    ("metadata-entry-aaguid-malformed", Costs(1, 0)),
    ("metadata-entry-aaguid-zero", Costs(1, 0)),
    ("metadata-entry-key-identifier-malformed", Costs(1, 0)),
    ("metadata-entry-statement-malformed", Costs(1, 0)),
    ("metadata-entry-status-reports-missing", Costs(1, 0)),
    ("metadata-entry-status-missing", Costs(1, 0)),
    ("metadata-entry-twice", Costs(1, 0)),
    ("metadata-root-certificate-malformed", Costs(0, 1)),
    ("metadata-status-date-malformed", Costs(0, 1)),
    ("metadata-status-certificate-malformed", Costs(0, 1)),
    ("metadata-unknown-status", Costs(0, 0)),
    ("metadata-unknown-members", Costs(0, 0)),
    ("metadata-statement-missing", Costs(0, 0)),
    ("metadata-white-space", Costs(0, 0)),
];

#[derive(Debug, Clone, Copy)]
enum Expect {
    /// The whole BLOB, with this code.
    Refused(&'static str),
    /// So many entries, and so many parts.
    Costs(usize, usize),
}
use Expect::{Costs, Refused};

#[test]
fn every_edit_does_what_it_says() {
    let names: BTreeSet<_> = EXPECTED.iter().map(|(slug, _)| *slug).collect();
    let edits: BTreeSet<_> = MetadataEdit::ALL.iter().map(|edit| edit.slug()).collect();
    assert_eq!(names, edits);
    for (slug, expect) in EXPECTED {
        let edit = MetadataEdit::from_slug(slug).unwrap();
        let issue = Issue { edit: Some(edit), ..Issue::new(7) };
        let result = Metadata::load(&blob(&issue), &trust(), Some(6), now());
        match (expect, edit.info().effect) {
            (Refused(code), Effect::Wrong) => {
                assert_eq!(result.unwrap_err().code(), *code, "{slug}");
            }
            (Costs(entries, parts), Effect::Debated | Effect::Harmless) => {
                let metadata = result.unwrap_or_else(|rejection| panic!("{slug}: {rejection}"));
                assert_eq!(metadata.entries_rejected(), *entries, "{slug}");
                assert_eq!(metadata.skipped.len(), entries + parts, "{slug}");
            }
            (expect, effect) => panic!("{slug}: {expect:?}, but it calls itself {effect:?}"),
        }
    }
}

#[test]
fn the_good_blob_is_loaded_whole() {
    let metadata = load(&blob(&Issue::new(7)), None).unwrap();
    assert_eq!(metadata.no, 7);
    assert_eq!(metadata.skipped, []);
    let listed = models().iter().filter(|model| model.in_metadata);
    assert_eq!(metadata.entries().len(), listed.count());
    // Nothing of the future but what the facts themselves put there.
    let revoked = "ba86dc56-635f-4141-aef6-00227b1b9af6".parse().unwrap();
    let entry = metadata.by_aaguid(&revoked).unwrap();
    assert!(entry.statuses(now().date()).has(Status::Revoked));
    assert!(!entry.attestation_root_certificates.is_empty());
    let surrounded = format!("\n {}\r\n", blob(&Issue::new(7)));
    assert!(load(&surrounded, Some(6)).is_ok());
}

#[test]
fn every_models_certificates_lead_to_its_own_entry_and_to_no_other() {
    let metadata = load(&blob(&Issue::new(7)), None).unwrap();
    let reaches = |path: &[Certificate], entry: &Entry| {
        path::verify(path, &entry.attestation_root_certificates, now(), &Enforced::all()).is_ok()
    };
    for model in models().iter().filter(|model| model.in_metadata && model.has_certificates()) {
        let x5c = lab().model_chain(&model.id).issue().unwrap().x5c();
        let path: Vec<_> = x5c.iter().map(|der| Certificate::parse(der).unwrap()).collect();
        let own = match &model.id {
            mint::ModelId::Aaguid(aaguid) => metadata.by_aaguid(aaguid),
            mint::ModelId::KeyIdentifier(_) => metadata.by_key_identifier(&KeyIdentifier::of(&path[0]).unwrap()),
        };
        let own = own.unwrap();
        assert_eq!(own.description, model.name);
        for entry in metadata.entries() {
            assert_eq!(reaches(&path, entry), entry.id == own.id, "{} by {}", model.id, entry.id);
        }
    }
}

#[test]
fn yesterdays_issue_is_refused() {
    for previous in [7, 8, u64::MAX] {
        let rejection = load(&blob(&Issue::new(7)), Some(previous)).unwrap_err();
        assert_eq!(rejection.code(), "metadata_no_not_increased");
    }
}

#[test]
fn the_clock_is_the_callers() {
    let blob = blob(&Issue::new(7));
    let at = |days| Metadata::load(&blob, &trust(), None, now() + Duration::days(days));
    // Its certificates keep their dates for a year.
    assert!(at(3 * 365 - 1).is_ok());
    assert_eq!(at(4 * 365 + 1).unwrap_err().code(), "metadata_certificate_expired");
    assert_eq!(at(-3 * 365 - 1).unwrap_err().code(), "metadata_certificate_not_yet_valid");
}

#[test]
fn nobody_is_trusted_by_default() {
    let blob = blob(&Issue::new(7));
    let load = |trust: &Trust| Metadata::load(&blob, trust, None, now()).unwrap_err().code();
    assert_eq!(load(&Trust::new(Anchors::default())), "metadata_chain_untrusted");
    let fido = Trust::new(trust().roots);
    assert_eq!(fido.leaf_name, LEAF_NAME);
    assert_eq!(load(&fido), "metadata_leaf_name_mismatch");
}

#[test]
fn fidos_own_roots_are_here() {
    let fido = Trust::fido();
    let names: Vec<_> = fido.roots.iter().map(|root| (root.common_name(), root.is_valid_at(now()))).collect();
    assert_eq!(names, [("GlobalSign", false), ("GlobalSign Root R46", true)], "as of 2030");
    assert_eq!(fido.leaf_name, "mds.fidoalliance.org");
    let blob = blob(&Issue::new(7));
    assert_eq!(Metadata::load(&blob, &fido, None, now()).unwrap_err().code(), "metadata_chain_untrusted");
}

#[test]
fn what_is_no_jws_is_refused() {
    let good = blob(&Issue::new(7));
    for text in ["", ".", "..", "a.b.c", "e30.e30", &good.replace('.', ""), &format!("{good}.")] {
        let rejection = load(text, None).unwrap_err();
        assert_eq!(rejection.code(), "metadata_jws_malformed", "{text:.20}");
    }
}

fn load(blob: &str, previous: Option<u64>) -> Result<Metadata, Rejection> {
    Metadata::load(blob, &trust(), previous, now())
}

fn blob(issue: &Issue) -> String {
    lab().metadata_blob(issue).unwrap()
}

fn trust() -> Trust {
    Trust::new(Anchors::parse([lab().metadata_root().unwrap()]).unwrap()).named("mds.assay.test")
}

fn lab() -> Lab {
    Lab::new([9; 32], NOW)
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap()
}
