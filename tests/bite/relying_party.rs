//! The relying-party suite: every check left out in turn, every reason overlooked in turn, and
//! servers that are too strict.

mod mutant;
mod strict;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::sync::{Arc, OnceLock};

use assay::clock::MovableClock;
use assay::judge::{self, Judged, Plan};
use assay::lab::{Lab, ServerPlan, every_algorithm, every_check};
use assay_conformance::case::Header;
use assay_conformance::coverage::Proof;
use assay_conformance::report::SuiteReport;
use assay_conformance::runner::{Filter, Silent};
use assay_conformance::suites::relying_party::suite;
use assay_conformance::target::fido_rest::FidoRest;
use assay_conformance::verdict::Outcome;
use assay_relying_party::Profile;
use assay_server::config::Config;
use time::OffsetDateTime;

use self::mutant::{Defect, Mutant};
use super::settle::{in_parallel, settle};

const SUITE: &str = "relying-party";

/// Every profile; a case is asked under the first that has it, a check left out under all that enforce it.
const PROFILES: [&str; 3] = ["w3c-l3", "hardened", "tool-compatible"];

#[test]
fn every_case_has_bitten() {
    let mut listed = BTreeSet::new();
    let mut headers: Vec<Header> = PROFILES.iter().flat_map(|profile| headers(profile)).collect();
    headers.retain(|header| listed.insert(header.id.clone()));
    let mut proofs = checks_left_out();
    proofs.extend(alternatives_left_out());
    proofs.extend(defects(reasons_overlooked(&headers)));
    proofs.extend(defects(strict::defects()));
    // What one profile shadows another may show plainly.
    let plain: BTreeSet<(String, String)> = proofs
        .iter()
        .filter(|proof| proof.shadowed_by.is_none())
        .map(|proof| (proof.case.clone(), proof.defect.clone()))
        .collect();
    proofs.retain(|proof| proof.shadowed_by.is_none() || !plain.contains(&(proof.case.clone(), proof.defect.clone())));
    settle(SUITE, &headers, proofs);
}

/// Without a defect nothing fails, and nothing is left out: what one contract cannot be asked, the
/// other is.
#[test]
fn a_whole_server_fails_no_case() {
    let wrong = in_parallel(
        PROFILES.to_vec(),
        || (),
        |(), profile| {
            let server = Server::start(profile, &[]);
            let (own, rest): (Vec<Header>, Vec<Header>) = headers(profile).into_iter().partition(needs_webauthn_json);
            let (dated, rest): (Vec<Header>, Vec<Header>) = rest.into_iter().partition(needs_safetynet);
            let sound = Defect::overlooks("nothing at all");
            let reports = [
                server.ask(profile, &rest),
                server.ask_through(profile, &sound, &own),
                Server::suited(profile, &[], &dated).ask(profile, &dated),
            ];
            let cases = reports.into_iter().flat_map(|report| report.cases);
            let wrong = cases.filter(|case| case.outcome.name() != "pass");
            wrong.map(|case| (format!("{profile} {}", case.header.id), case.outcome)).collect::<BTreeMap<_, _>>()
        },
    );
    let wrong: BTreeMap<String, Outcome> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The full cross product, with `ASSAY_LONG=1`: every case under every check left out. No case bites
/// that does not claim the check.
#[test]
fn a_case_bites_what_it_claims() {
    if env::var_os("ASSAY_LONG").is_none_or(|long| long != "1") {
        return;
    }
    let checks = every_check().into_iter().filter(|(_, profiles)| profiles.contains(&"hardened"));
    let cases = headers("hardened");
    let found = in_parallel(
        checks.map(|(check, _)| check.id).collect(),
        || (),
        |(), id| {
            let bites = Server::start("hardened", &[id]).ask("hardened", &cases).bites();
            let unclaimed = |case: &&String| !cases.iter().any(|header| header.id == **case && claims(header, id));
            bites.plain.iter().filter(unclaimed).map(|case| format!("{case} without {id}")).collect::<Vec<_>>()
        },
    );
    let unclaimed: BTreeSet<String> = found.into_iter().flatten().collect();
    assert_eq!(unclaimed, BTreeSet::new());
}

fn headers(profile: &str) -> Vec<Header> {
    suite(profile).headers().cloned().collect()
}

fn claims(header: &Header, code: &str) -> bool {
    header.claims.iter().any(|claim| claim == code)
}

/// Under each profile, each check of it: the server without it is caught by a case that claims it.
fn checks_left_out() -> Vec<Proof> {
    let mut work = Vec::new();
    for profile in PROFILES {
        for (check, profiles) in every_check() {
            // The third profile enforces little that the second does not.
            let already = profile == "tool-compatible" && profiles.contains(&"hardened");
            if profiles.contains(&profile) && !already {
                work.push((profile, check.id));
            }
        }
    }
    let found = in_parallel(
        work,
        || (),
        |(), (profile, id)| {
            let cases: Vec<Header> = headers(profile).into_iter().filter(|header| claims(header, id)).collect();
            let bites = Server::suited(profile, &[id], &cases).ask(profile, &cases).bites();
            let mut proofs: Vec<Proof> = bites.plain.iter().map(|case| proof(case, id, &[])).collect();
            for (case, other) in bites.shadowed {
                proofs.extend(behind(profile, id, &case, vec![other]));
            }
            noticed(proofs, &format!("{profile} without {id}"), &cases)
        },
    );
    all_noticed(found)
}

/// Cases that take more than one reason for an answer: with one check left out, the next answers.
const ALTERNATIVES: &[(&str, &str, &[&str])] = &[
    ("registration/client-data/top-origin-unexpected", "top_origin_unexpected", &["cross_origin_unexpected"]),
    ("authentication/client-data/top-origin-unexpected", "top_origin_unexpected", &["cross_origin_unexpected"]),
    (
        "authentication/user/credential-of-another-user",
        "credential_not_allowed",
        &["user_handle_mismatch", "credential_not_owned"],
    ),
    ("session/challenge/registration-replayed", "challenge_reused", &["credential_already_registered"]),
];

fn alternatives_left_out() -> Vec<Proof> {
    let found = in_parallel(
        ALTERNATIVES.to_vec(),
        || (),
        |(), (case, check, others)| {
            let cases: Vec<Header> = headers("hardened").into_iter().filter(|header| header.id == case).collect();
            let others = others.iter().map(|other| (*other).to_owned()).collect();
            let proofs = behind("hardened", check, case, others);
            noticed(proofs.into_iter().collect(), &format!("without {check}"), &cases)
        },
    );
    all_noticed(found)
}

/// The proof of a case behind other checks: without those as well, the input is accepted. What is
/// no check, and cannot be left out, is overlooked.
fn behind(profile: &str, id: &str, case: &str, mut others: Vec<String>) -> Option<Proof> {
    let cases: Vec<Header> = headers(profile).into_iter().filter(|header| header.id == case).collect();
    let checks: BTreeSet<&str> = every_check().iter().map(|(check, _)| check.id).collect();
    // A certificate that is wrong as a whole breaks a handful of rules; more would be a riddle.
    for _ in 0..6 {
        let (checks, reasons): (Vec<&str>, Vec<&str>) =
            others.iter().map(String::as_str).partition(|other| checks.contains(other));
        let server = Server::suited(profile, &[&[id], &*checks].concat(), &cases);
        let asked = match reasons.as_slice() {
            [] => server.ask(profile, &cases),
            [reason] => server.ask_through(profile, &Defect::overlooks(reason), &cases),
            _ => return None,
        };
        let bites = asked.bites();
        if bites.plain.contains(case) {
            return Some(proof(case, id, &others));
        }
        let (_, next) = bites.shadowed.into_iter().find(|(bitten, _)| bitten == case)?;
        others.push(next);
    }
    None
}

/// What no profile can leave out: a server that overlooks one reason and accepts all the same.
fn reasons_overlooked(headers: &[Header]) -> Vec<Defect> {
    let checks: BTreeSet<&str> = every_check().iter().map(|(check, _)| check.id).collect();
    let claimed: BTreeSet<&str> = headers.iter().flat_map(|header| &header.claims).map(String::as_str).collect();
    claimed.into_iter().filter(|claim| !checks.contains(claim)).map(Defect::overlooks).collect()
}

/// Runs the suite through each defect; only the cases that may notice it and their twins.
fn defects(defects: Vec<Defect>) -> Vec<Proof> {
    let profiles = ["hardened", "tool-compatible"];
    let found = in_parallel(
        defects,
        || {
            let (dated, _): (Vec<Header>, Vec<Header>) = headers("hardened").into_iter().partition(needs_safetynet);
            let suited = ("hardened", Server::suited("hardened", &[], &dated), dated);
            let usual = profiles.map(|profile| {
                let cases = headers(profile).into_iter().filter(|header| !needs_safetynet(header));
                (profile, Server::start(profile, &[]), cases.collect())
            });
            usual.into_iter().chain([suited]).collect::<Vec<(&str, Server, Vec<Header>)>>()
        },
        |servers, defect| {
            let mut asked = BTreeSet::new();
            let (mut all, mut proofs) = (Vec::new(), Vec::new());
            for (profile, server, headers) in servers {
                let concerned = headers.iter().filter(|header| defect.concerns(header));
                let cases: Vec<Header> = concerned.filter(|header| asked.insert(header.id.clone())).cloned().collect();
                if !cases.is_empty() {
                    let bites = server.ask_through(profile, &defect, &cases).bites();
                    proofs.extend(bites.plain.iter().map(|case| proof(case, &defect.name, &[])));
                    all.extend(cases);
                }
            }
            noticed(proofs, &defect.name, &all)
        },
    );
    all_noticed(found)
}

/// The proofs, or the defect that nobody noticed.
fn noticed(proofs: Vec<Proof>, defect: &str, cases: &[Header]) -> Result<Vec<Proof>, String> {
    if proofs.iter().any(|proof| cases.iter().any(|header| header.id == proof.case)) {
        return Ok(proofs);
    }
    Err(format!("{defect}: none of {:?}", cases.iter().map(|header| &header.id).collect::<Vec<_>>()))
}

fn all_noticed(found: Vec<Result<Vec<Proof>, String>>) -> Vec<Proof> {
    let unnoticed: Vec<&String> = found.iter().filter_map(|one| one.as_ref().err()).collect();
    assert!(unnoticed.is_empty(), "not noticed: {unnoticed:#?}");
    found.into_iter().flatten().flatten().collect()
}

fn proof(case: &str, defect: &str, others: &[String]) -> Proof {
    Proof {
        suite: SUITE.to_owned(),
        case: case.to_owned(),
        defect: defect.to_owned(),
        shadowed_by: Some(others.join(", ")).filter(|others| !others.is_empty()),
    }
}

/// Which cases noticed a defect.
struct Bites {
    /// They fail while their twin passes; a case without a twin is its own good twin.
    plain: BTreeSet<String>,
    /// They fail by the reason alone: something else refuses the input, and a server that gives no
    /// reasons would pass.
    shadowed: Vec<(String, String)>,
}

trait Bitten {
    fn bites(&self) -> Bites;
}

impl Bitten for SuiteReport {
    fn bites(&self) -> Bites {
        let passes = |id: &str| self.cases.iter().any(|case| case.header.id == id && case.outcome.is_pass());
        let mut bites = Bites { plain: BTreeSet::new(), shadowed: Vec::new() };
        for case in &self.cases {
            let Outcome::Fail(failure) = &case.outcome else { continue };
            if case.header.twin.as_ref().is_some_and(|twin| !passes(twin)) {
                continue;
            }
            let id = case.header.id.clone();
            if failure.expected.starts_with("refused") && failure.got.starts_with("refused") {
                let code = failure.got.trim_end_matches(')').rsplit(", ").next().unwrap_or_default();
                bites.shadowed.push((id, code.to_owned()));
            } else {
                bites.plain.insert(id);
            }
        }
        bites
    }
}

/// A server of ours and the lab that it trusts.
struct Server {
    lab: Lab,
    judged: Judged,
    _handle: assay_server::Handle,
}

impl Server {
    /// One that these cases can be asked of: SafetyNet is for those who still take it.
    fn suited(profile: &str, without: &[&str], cases: &[Header]) -> Self {
        if !cases.iter().any(needs_safetynet) {
            return Self::start(profile, without);
        }
        let mut server = Self::start(profile, &[without, &["android_safetynet_deprecated"]].concat());
        let features = &mut server.judged.file.features;
        features.remove("refuses-android-safetynet");
        features.insert("format-android-safetynet".to_owned());
        server
    }

    fn start(profile: &str, without: &[&str]) -> Self {
        // Metadata take longer to make than to load, and are the same for every server.
        static LAB: OnceLock<(Lab, Config)> = OnceLock::new();
        let (lab, config) = LAB.get_or_init(|| {
            let lab = Lab::new([3; 32], OffsetDateTime::now_utc());
            let plan = ServerPlan { algorithms: every_algorithm(), ..ServerPlan::default() };
            (lab, lab.server_config(&plan).unwrap())
        });
        let clock = MovableClock::default();
        let mut config = Config { clock: Arc::new(clock.clone()), ..config.clone() };
        config.profile = Profile::named(profile).unwrap();
        config.without =
            every_check().iter().map(|(check, _)| check.id).filter(|check| without.contains(check)).collect();
        assert_eq!(config.without.len(), without.len(), "{without:?}");
        let handle = assay_server::spawn(config).unwrap();
        let client = handle.bootstrap.client.clone().unwrap();
        let judged = Judged::by_url(&handle.url()).unwrap();
        let mut judged = judged.with_credentials(&handle.bootstrap.tenant_id, &client.client_id, &client.client_secret);
        judged.clock = Some(clock);
        Self { lab: *lab, judged, _handle: handle }
    }

    fn ask(&self, profile: &str, cases: &[Header]) -> SuiteReport {
        let plan = plan(profile, cases);
        judge::relying_party(&plan, &self.judged, &self.lab, &mut Silent).unwrap()
    }

    fn ask_through(&self, profile: &str, defect: &Defect, cases: &[Header]) -> SuiteReport {
        let plan = plan(profile, cases);
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

fn needs_safetynet(header: &Header) -> bool {
    header.needs.iter().any(|need| need.feature() == "format-android-safetynet")
}

fn needs_webauthn_json(header: &Header) -> bool {
    header.needs.iter().any(|need| need.feature() == "webauthn-json")
}

/// These cases and their twins.
fn plan(profile: &str, cases: &[Header]) -> Plan {
    let ids = cases.iter().flat_map(|header| header.twin.iter().chain([&header.id])).cloned();
    let mut plan = Plan::new(profile, Some(&"03".repeat(32)), &[]).unwrap();
    plan.filter = Filter::exactly(ids);
    plan
}
