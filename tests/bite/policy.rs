//! The policy suite before our server, whole, and before defects of a policy engine: in what it
//! makes of its requests and answers, and in what it makes of the metadata.

#[cfg(test)]
mod afterwards;
#[cfg(test)]
mod api;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod enrolment;
#[cfg(test)]
mod legacy;

use std::collections::BTreeMap;

use assay::cli::TestKind;
use assay::judge::{self, Judged, Plan};
use assay::lab::{Lab, ServerPlan};
use assay_attestation::metadata::Metadata;
use assay_conformance::coverage::Proof;
use assay_conformance::report::SuiteReport;
use assay_conformance::runner::{Filter, Silent, glob};
use assay_conformance::target::assay::for_url;
use assay_conformance::verdict::Outcome;
use assay_mint::metadata::Issue;
use assay_server::Handle;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use time::OffsetDateTime;

use self::catalogue::defects;
use super::proxy::{Between, Proxy, Request, Response};
use super::settle::{in_parallel, settle};

/// A wrong policy engine.
struct Defect {
    name: &'static str,
    how: How,
    /// The cases that have to notice it, as globs.
    bites: &'static [&'static str],
}

/// Where it is wrong.
enum How {
    /// In its answers, or in what it understands of the questions.
    Between(Between),
    /// In what it reads in an entry of the metadata; false drops the entry.
    Metadata(fn(&mut Value) -> bool),
}

#[test]
fn a_good_engine_fails_no_case() {
    let report = Bench::start().judge(&[], |request, onward| onward.send(&request));
    let wrong: BTreeMap<&str, &Outcome> = report
        .cases
        .iter()
        .filter(|case| case.outcome.name() != "pass")
        .map(|case| (case.header.id.as_str(), &case.outcome))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(report.cases.len() > 70, "{} cases", report.cases.len());
}

#[test]
fn every_case_bites() {
    let headers = judge::headers(TestKind::Policy, "");
    let found = in_parallel(defects(), Bench::start, |bench, defect| {
        let bitten: Vec<_> =
            headers.iter().filter(|header| defect.bites.iter().any(|bite| glob(bite, &header.id))).collect();
        for bite in defect.bites {
            assert!(headers.iter().any(|header| glob(bite, &header.id)), "{}: {bite} is no case", defect.name);
        }
        let asked: Vec<String> =
            bitten.iter().flat_map(|header| header.twin.iter().cloned().chain([header.id.clone()])).collect();
        let report = match defect.how {
            How::Between(between) => bench.judge(&asked, between),
            How::Metadata(edit) => Bench::with_metadata(edit).judge(&asked, |request, onward| onward.send(&request)),
        };
        let outcome = |id: &str| &report.cases.iter().find(|case| case.header.id == id).unwrap().outcome;
        let mut faults = Vec::new();
        for header in &bitten {
            match outcome(&header.id) {
                Outcome::Fail(failure) => {
                    if std::env::var_os("ASSAY_SHOW").is_some() {
                        println!("{}\t{}\t{}\t{}", defect.name, header.id, failure.expected, failure.got);
                    }
                }
                other => faults.push(format!("{}: {} does not notice: {other:?}", defect.name, header.id)),
            }
            if let Some(twin) = &header.twin
                && !outcome(twin).is_pass()
            {
                faults.push(format!("{}: the twin {twin} of {} {:?}", defect.name, header.id, outcome(twin)));
            }
        }
        let proofs = bitten.iter().map(|header| Proof {
            suite: String::from("policy"),
            case: header.id.clone(),
            defect: defect.name.to_owned(),
            shadowed_by: None,
        });
        (proofs.collect::<Vec<_>>(), faults)
    });
    let (proofs, faults): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let faults: Vec<String> = faults.into_iter().flatten().collect();
    assert!(faults.is_empty(), "{faults:#?}");
    settle("policy", &headers, proofs.into_iter().flatten().collect());
}

/// A good server, and the lab that it trusts.
struct Bench {
    lab: Lab,
    server: Option<Handle>,
}

impl Bench {
    fn start() -> Self {
        Self::with_metadata(|_| true)
    }

    fn with_metadata(edit: fn(&mut Value) -> bool) -> Self {
        let lab = Lab::new([11; 32], OffsetDateTime::now_utc());
        let mut config =
            lab.server_config(&ServerPlan { origins: vec![ORIGIN.to_owned()], ..ServerPlan::default() }).unwrap();
        let mut payload = lab.mint.metadata_payload(&Issue::new(1)).unwrap();
        payload["entries"].as_array_mut().unwrap().retain_mut(edit);
        let payload = Value::Object(payload).to_string();
        config.metadata = vec![Metadata::load_unsigned_json(payload.as_bytes(), None).unwrap()];
        config.metadata_sources.clear();
        Self { lab, server: Some(assay_server::spawn(config).unwrap()) }
    }

    fn server(&self) -> &Handle {
        self.server.as_ref().unwrap()
    }

    /// The suite, or the cases with these ids, before the server with something between.
    fn judge(&self, ids: &[String], between: Between) -> SuiteReport {
        let (url, bootstrap) = (self.server().url(), &self.server().bootstrap);
        let client = bootstrap.client.as_ref().unwrap();
        let authorization =
            format!("Basic {}", STANDARD.encode(format!("{}:{}", client.client_id, client.client_secret)));
        let proxy = Proxy::start(&url, &authorization, &bootstrap.tenant_id, between);
        let mut file = for_url("a policy engine", url.clone()).unwrap();
        file.origin = Some(ORIGIN.to_owned());
        file.address = proxy.url();
        file.features.insert(String::from("lab-anchors"));
        let judged = Judged { file, tenant_id: None, clock: None };
        let judged = judged.with_credentials(&bootstrap.tenant_id, &client.client_id, &client.client_secret);
        let mut plan = Plan::new("w3c-l3", Some(&"11".repeat(32)), &[]).unwrap();
        if !ids.is_empty() {
            plan.filter = Filter::exactly(ids);
        }
        judge::policy(&plan, &judged, &self.lab, &mut Silent).unwrap()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }
}

const ORIGIN: &str = "https://localhost";
const POLICY: &str = "/v1/attestation/policy";
const EVALUATE: &str = "/v1/attestation/evaluate";
const REGISTER: &str = "/attestation/result";

/// The same, as a success of FIDO's contract.
fn admitted(response: Response) -> Response {
    response.with(200, &serde_json::json!({"status": "ok"}))
}

fn code(response: &Response) -> String {
    let body = response.json();
    body.get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn is_saving(request: &Request) -> bool {
    request.is("POST", POLICY)
}
