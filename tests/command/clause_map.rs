//! `assay coverage --html`: the clause map, with judged peers beside it.

use crate::support::command::{assay, run};
use crate::support::place::Place;

#[test]
fn the_map_has_every_clause_and_a_column_for_each_peer() {
    let place = Place::new();
    let judged = ["test", "server", "sim", "--filter", "registration/client-data/origin-*"];
    run(&mut assay(&place, judged)).expect(0);
    let peer = "Ours=assay-report/report.json";
    let drawn = run(&mut assay(&place, ["coverage", "--html", "map.html", "--peer", peer]));
    assert!(matches!(drawn.code, Some(0 | 1)) && drawn.out.is_empty(), "{drawn:?}");
    let page = std::fs::read_to_string(place.join("map.html")).unwrap();
    let clauses = include_str!("../../conformance/data/clauses.tsv").lines().filter(|line| !line.starts_with('#'));
    let clauses: Vec<&str> = clauses.filter_map(|line| line.split('\t').next()).filter(|id| !id.is_empty()).collect();
    for id in &clauses {
        assert_eq!(page.matches(&format!("<details class=\"clause\" id=\"{id}\"")).count(), 1, "{id}");
    }
    assert_eq!(page.matches("<details class=\"clause\" id=").count(), clauses.len());
    let origins = page.split("id=\"RP-006\" data-tones=\"").nth(1).unwrap();
    assert!(origins.split('"').next().unwrap().ends_with(" pass"), "what was asked, it kept");
    assert!(page.contains(">Ours<") && page.contains(" kept</span>"));

    for (peer, complaint) in [("Ours", "NAME=REPORT"), ("=r.json", "NAME=REPORT"), ("Ours=none.json", "none.json")] {
        let said = run(&mut assay(&place, ["coverage", "--html", "map.html", "--peer", peer])).expect(2);
        assert!(said.err.contains(complaint), "{said:?}");
    }
    run(&mut assay(&place, ["coverage", "--peer", peer])).expect(2);
}
