//! `assay inspect` of anything.

use assay::inspect::{Section, dissect, text};
use assay::output::Style;

use super::{attestation_object, authenticator_data, certificate, client_data, webauthn_json};

pub(super) fn run(input: &[u8]) {
    let section = dissect(input);
    let mut rows = 0;
    count(&section, &mut rows);
    // What is inside is shown where it sits and again as a section of its own, some layers deep.
    assert!(rows <= 64 * input.len() + 64, "{rows} rows of {} bytes", input.len());
    let _ = text(&section, Style::for_stdout());
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = attestation_object::seeds();
    seeds.extend(authenticator_data::seeds().into_iter().take(2));
    seeds.extend(certificate::seeds().into_iter().take(2));
    seeds.extend(client_data::seeds());
    seeds.extend(webauthn_json::seeds());
    seeds
}

fn count(section: &Section, rows: &mut usize) {
    *rows += section.rows.len() + section.faults.len();
    section.inside.iter().for_each(|inside| count(inside, rows));
}
