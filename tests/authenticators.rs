//! Authenticators by other people, judged by the suite that judges ours: `authenticators/NAME` has how each is
//! reached and every finding with the reason (`known-failures.toml`). A finding that is not listed fails, and so
//! does a listed one that is none. `docs/authenticators.md` tells what was found.

mod passkey_authenticator;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use assay::judge::{self, Plan};
use assay_conformance::known::KnownFailures;
use assay_conformance::runner::{Filter, Silent};
use assay_conformance::suites::authenticator::suite;
use assay_conformance::verdict::Outcome;

use crate::support::command::{assay, run};
use crate::support::place::Place;
use crate::support::witness::installed;

/// The FIDO application of Nitrokey 3 and Solo 2: one process a case, over pipes.
#[test]
fn firmware() {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/authenticators/debug/key-firmware");
    let Some(firmware) = installed(built) else { return };
    let (place, known) = (Place::new(), known("firmware"));
    let (out, target) = (place.join("report"), format!("exec:'{}'", firmware.display()));
    let [known, out] = [&known, &out].map(|path| path.to_str().unwrap());
    let said = run(&mut assay(&place, ["test", "authenticator", &target, "--known", known, "--out", out]));
    assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.err);
}

/// What the firmware said once is said again without it.
#[test]
fn firmware_recorded() {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/authenticators/debug/key-firmware");
    let Some(firmware) = installed(built) else { return };
    let (place, target) = (Place::new(), format!("exec:'{}'", firmware.display()));
    run(&mut assay(&place, ["record", &target, "--out", "key.json", "--filter", "client-pin"])).expect(0);
    let said = run(&mut assay(&place, ["--json", "replay", "key.json"])).expect(0).json();
    assert!(said["cases"].as_u64() > Some(40), "{said}");
}

/// 1Password's library, with the store and the person of its own documentation. CTAPHID is ours there, so that
/// nothing is asked about framing.
#[test]
fn passkey_authenticator() {
    let mut plan = Plan::new("ctap-2.3", Some(&"22".repeat(32)), &[]).unwrap();
    let ids = suite().headers().map(|header| header.id.clone()).collect::<Vec<_>>();
    plan.filter = Filter::exactly(ids.into_iter().filter(|id| !id.starts_with("framing/")));
    plan.known = KnownFailures::load(&known("passkey-authenticator")).unwrap();
    let report = judge::keys(&plan, Arc::new(passkey_authenticator::Library), true, &mut Silent);
    let unexpected = report.cases.iter().filter(|case| match &case.outcome {
        Outcome::Pass(_) => case.known_failure.is_some(),
        Outcome::Skip { .. } => false,
        Outcome::Fail(_) | Outcome::Broken { .. } => case.known_failure.is_none(),
    });
    let told: Vec<String> = unexpected
        .map(|case| format!("{}: {:?} after {:?}", case.header.id, case.outcome, case.evidence.last()))
        .collect();
    assert!(told.is_empty(), "{told:#?}");
}

fn known(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/authenticators").join(name).join("known-failures.toml")
}
