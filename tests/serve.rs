//! `assay serve` over real sockets: whole ceremonies, and everything that can be wrong with a request.

mod bodies;
mod races;
mod sockets;

use assay::lab::Lab;
use assay::traces;
use time::OffsetDateTime;

use crate::support::command::{Lasting, assay};
use crate::support::http::SERVE;
use crate::support::place::Place;

fn serve(place: &Place) -> Lasting {
    Lasting::start(&mut assay(place, SERVE))
}

/// The stories of the main job: a registration, a sign-in, a policy's refusal, a theft; every one of
/// them by a browser with a virtual key, and an error where it does not end as it must.
#[test]
fn four_stories() {
    let told = traces::all(&Lab::new([1; 32], OffsetDateTime::now_utc())).unwrap();
    let titles: Vec<&str> = told.iter().map(|trace| trace.title.as_str()).collect();
    assert_eq!(titles, ["A registration", "A sign-in", "A policy's refusal", "A bound session, and a thief"]);
    assert!(told.iter().all(|trace| trace.steps.len() > 1 && trace.steps.iter().all(|step| !step.what.contains('?'))));
}
