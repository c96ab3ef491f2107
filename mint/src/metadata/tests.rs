use std::collections::BTreeSet;

use serde_json::Value;
use time::macros::date;

use super::{Issue, MetadataEdit, ModelId, Overdue, facts, models};
use crate::lab::Lab;

/// One day after the facts' own.
const NOW: i64 = 1_795_392_000;

#[test]
fn the_file_is_read() {
    assert_eq!(facts().today, date!(2026 - 11 - 22));
    assert_eq!(models().len(), 34);
    let unknown = models().iter().filter(|model| !model.in_metadata).count();
    assert_eq!(unknown, 3);
    let u2f = models().iter().filter(|model| matches!(model.id, ModelId::KeyIdentifier(_)));
    assert_eq!(u2f.count(), 1);
}

#[test]
fn every_date_is_moved_alike() {
    let lab = Lab::new([1; 32], NOW);
    let payload = |overdue| Value::Object(lab.metadata_payload(&Issue { overdue, ..Issue::new(3) }).unwrap());
    assert_eq!(payload(Overdue::No)["nextUpdate"], "2026-12-02");
    assert_eq!(payload(Overdue::Weeks)["nextUpdate"], "2026-11-02");
    assert_eq!(payload(Overdue::Months)["nextUpdate"], "2026-10-02");
    let payload = payload(Overdue::No);
    let entry = payload["entries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["aaguid"] == "08987058-cadc-4b81-b6e1-30de50dcbe96")
        .unwrap();
    assert_eq!(entry["statusReports"][0]["effectiveDate"], "2020-08-06");
}

#[test]
fn the_same_lab_publishes_the_same_bytes() {
    let blob = |seed| Lab::new([seed; 32], NOW).metadata_blob(&Issue::new(3)).unwrap();
    assert_eq!(blob(1), blob(1));
    assert_ne!(blob(1), blob(2));
}

#[test]
fn every_edit_has_a_name_and_changes_something() {
    let lab = Lab::new([1; 32], NOW);
    let good = lab.metadata_blob(&Issue::new(3)).unwrap();
    let mut slugs = BTreeSet::new();
    for edit in MetadataEdit::ALL {
        assert!(slugs.insert(edit.slug()), "{} is taken", edit.slug());
        assert_eq!(MetadataEdit::from_slug(edit.slug()), Some(*edit));
        let blob = lab.metadata_blob(&Issue { edit: Some(*edit), ..Issue::new(3) }).unwrap();
        assert_ne!(blob, good, "{}", edit.slug());
    }
}
