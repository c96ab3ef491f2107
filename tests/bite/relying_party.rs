//! The relying-party suite: every check left out in turn, every reason overlooked in turn, and
//! servers that are too strict.

mod mutant;
mod strict;

use std::collections::BTreeSet;

use assay::judge::{self, Judged, Plan};
use assay::lab::{Lab, ServerPlan, every_check};
use assay_conformance::case::Header;
use assay_conformance::coverage::Proof;
use assay_conformance::report::SuiteReport;
use assay_conformance::runner::Silent;
use assay_conformance::suites::relying_party::suite;
use assay_conformance::target::fido_rest::FidoRest;
use assay_conformance::verdict::Outcome;
use time::OffsetDateTime;

use self::mutant::{Defect, Mutant};
use super::settle::{in_parallel, settle};

const SUITE: &str = "relying-party";
const PROFILES: [&str; 2] = ["w3c-l3", "hardened"];

#[test]
fn every_case_has_bitten() {
    let headers: Vec<Header> = suite("hardened").headers().cloned().collect();
    let mut proofs = checks_left_out();
    proofs.extend(shadows());
    proofs.extend(defects(reasons_overlooked(&headers)));
    proofs.extend(defects(strict::defects()));
    proofs.sort_by(|one, other| (&one.case, &one.defect).cmp(&(&other.case, &other.defect)));
    proofs.dedup();
    settle(SUITE, &headers, proofs);
}

/// Under each profile, each check of it: the server without it is caught by a case that claims it.
fn checks_left_out() -> Vec<Proof> {
    let mut work = Vec::new();
    for profile in PROFILES {
        for (check, profiles) in every_check() {
            if profiles.contains(&profile) {
                work.push((profile, check.id));
            }
        }
    }
    let found = in_parallel(
        work,
        || (),
        |(), (profile, id)| {
            let cases: Vec<Header> = suite(profile)
                .headers()
                .filter(|header| header.claims.iter().any(|claim| claim == id))
                .cloned()
                .collect();
            let server = Server::start(profile, &[id]);
            let report = server.ask(profile, &cases);
            noticed(bitten(&report, id), &format!("{profile} without {id}"), &cases)
        },
    );
    all_noticed(found)
}

/// Inputs that more than one check catches: the case, the check that it is about, and the others.
const SHADOWED: &[(&str, &str, &[&str])] = &[
    ("registration/client-data/top-origin-unexpected", "top_origin_unexpected", &["cross_origin_unexpected"]),
    ("authentication/client-data/top-origin-unexpected", "top_origin_unexpected", &["cross_origin_unexpected"]),
    (
        "authentication/user/credential-of-another-user",
        "credential_not_allowed",
        &["user_handle_mismatch", "credential_not_owned"],
    ),
    ("session/challenge/registration-replayed", "challenge_reused", &["credential_already_registered"]),
];

fn shadows() -> Vec<Proof> {
    let found = in_parallel(
        SHADOWED.to_vec(),
        || (),
        |(), (case, check, others)| {
            let server = Server::start("hardened", &[&[check], others].concat());
            let cases: Vec<Header> = suite("hardened").headers().filter(|header| header.id == case).cloned().collect();
            let mut proofs = bitten(&server.ask("hardened", &cases), check);
            proofs.retain(|proof| proof.case == case);
            for proof in &mut proofs {
                proof.shadowed_by = Some(others.join(", "));
            }
            noticed(proofs, &format!("without {check} and {others:?}"), &cases)
        },
    );
    all_noticed(found)
}

/// What no profile can leave out: a server that overlooks one reason and accepts all the same.
fn reasons_overlooked(headers: &[Header]) -> Vec<Defect> {
    let checks: BTreeSet<&str> = every_check().iter().map(|(check, _)| check.id).collect();
    let claimed: BTreeSet<&str> = headers.iter().flat_map(|header| &header.claims).map(String::as_str).collect();
    claimed.into_iter().filter(|claim| !checks.contains(claim)).map(Defect::overlooks).collect()
}

/// Runs the suite through each defect; only the cases that may notice it and their twins.
fn defects(defects: Vec<Defect>) -> Vec<Proof> {
    let headers: Vec<Header> = suite("hardened").headers().cloned().collect();
    let found = in_parallel(
        defects,
        || Server::start("hardened", &[]),
        |server, defect| {
            let cases: Vec<Header> = headers.iter().filter(|header| defect.concerns(header)).cloned().collect();
            let report = server.ask_through(&defect, &cases);
            noticed(bitten(&report, &defect.name), &defect.name, &cases)
        },
    );
    all_noticed(found)
}

/// The proofs, or the defect that nobody noticed.
fn noticed(bitten: Vec<Proof>, defect: &str, cases: &[Header]) -> Result<Vec<Proof>, String> {
    if bitten.iter().any(|proof| cases.iter().any(|header| header.id == proof.case)) {
        return Ok(bitten);
    }
    Err(format!("{defect}: none of {:?}", cases.iter().map(|header| &header.id).collect::<Vec<_>>()))
}

fn all_noticed(found: Vec<Result<Vec<Proof>, String>>) -> Vec<Proof> {
    let unnoticed: Vec<&String> = found.iter().filter_map(|one| one.as_ref().err()).collect();
    assert!(unnoticed.is_empty(), "not noticed: {unnoticed:#?}");
    found.into_iter().flatten().flatten().collect()
}

/// The cases that fail while their twin passes. A case without a twin is its own good twin.
fn bitten(report: &SuiteReport, defect: &str) -> Vec<Proof> {
    let passes = |id: &str| report.cases.iter().any(|case| case.header.id == id && case.outcome.is_pass());
    report
        .cases
        .iter()
        .filter(|case| matches!(case.outcome, Outcome::Fail(_)))
        .filter(|case| case.header.twin.as_ref().is_none_or(|twin| passes(twin)))
        .map(|case| Proof {
            suite: SUITE.to_owned(),
            case: case.header.id.clone(),
            defect: defect.to_owned(),
            shadowed_by: None,
        })
        .collect()
}

/// A server of ours and the lab that it trusts.
struct Server {
    lab: Lab,
    judged: Judged,
    _handle: assay_server::Handle,
}

impl Server {
    fn start(profile: &str, without: &[&str]) -> Self {
        let lab = Lab::new([3; 32], OffsetDateTime::now_utc());
        let plan = ServerPlan {
            profile: profile.to_owned(),
            without: without.iter().map(|id| (*id).to_owned()).collect(),
            ..ServerPlan::default()
        };
        let handle = lab.serve(&plan).unwrap();
        let client = handle.bootstrap.client.clone().unwrap();
        let judged = Judged::by_url(&handle.url()).unwrap();
        let judged = judged.with_credentials(&handle.bootstrap.tenant_id, &client.client_id, &client.client_secret);
        Self { lab, judged, _handle: handle }
    }

    fn ask(&self, profile: &str, cases: &[Header]) -> SuiteReport {
        let plan = plan(profile, cases);
        judge::relying_party(&plan, &self.judged, &self.lab, &mut Silent).unwrap()
    }

    fn ask_through(&self, defect: &Defect, cases: &[Header]) -> SuiteReport {
        let plan = plan("hardened", cases);
        let judged =
            if cases.iter().any(needs_webauthn_json) { self.by_its_own_interface() } else { self.judged.clone() };
        let target = Mutant::new(Box::new(FidoRest::connect(&judged.file).unwrap()), defect.clone());
        judge::relying_party_through(Box::new(target), &plan, &judged, &self.lab, &mut Silent).unwrap()
    }

    /// The same server below `/v1`, where no member of WebAuthn's JSON may be absent.
    fn by_its_own_interface(&self) -> Judged {
        let mut judged = self.judged.clone();
        let endpoints = &mut judged.file.endpoints;
        endpoints.begin_registration = "/v1/registration/options".to_owned();
        endpoints.finish_registration = "/v1/registration/verify".to_owned();
        endpoints.begin_authentication = "/v1/authentication/options".to_owned();
        endpoints.finish_authentication = "/v1/authentication/verify".to_owned();
        judged.file.features.remove("fido-rest");
        judged.file.features.insert("webauthn-json".to_owned());
        judged
    }
}

fn needs_webauthn_json(header: &Header) -> bool {
    header.needs.iter().any(|need| need.feature() == "webauthn-json")
}

/// These cases and their twins.
fn plan(profile: &str, cases: &[Header]) -> Plan {
    let ids: BTreeSet<String> =
        cases.iter().flat_map(|header| header.twin.iter().chain([&header.id])).cloned().collect();
    // A glob must match the whole id; a class of one character makes a glob of a plain id.
    let filter: Vec<String> = ids.into_iter().map(exactly).collect();
    Plan::new(profile, Some(&"03".repeat(32)), &filter).unwrap()
}

/// A pattern that lets exactly this id through: its last character as a wildcard.
fn exactly(id: String) -> String {
    let mut pattern = id;
    pattern.pop();
    pattern.push('?');
    pattern
}
