//! The suites against servers: relying party, policy engine, device-bound sessions.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use assay_conformance::context::Context;
use assay_conformance::report::SuiteReport;
use assay_conformance::runner::{self, Open, Options, Progress};
use assay_conformance::suites::dbsc::{DbscTarget, TARGET_CLOCK, TargetClock};
use assay_conformance::suites::{self, policy::PolicyTarget, policy::PolicyWorld};
use assay_conformance::target::fido_rest::FidoRest;
use assay_conformance::target::file::HeaderValue;
use assay_conformance::target::http::Http;
use assay_conformance::target::{Dialect, RelyingPartyTarget, TargetFile, assay as assay_dialect};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Plan, listed};
use crate::clock::MovableClock;
use crate::lab::Lab;

/// A server that is judged.
#[derive(Debug, Clone)]
pub struct Judged {
    /// How it is reached.
    pub file: TargetFile,
    /// The tenant of the credentials in the file's headers.
    pub tenant_id: Option<String>,
    /// The server's clock, where it is ours to move.
    pub clock: Option<MovableClock>,
}

impl Judged {
    /// A server that says itself what it speaks and where its pages live; the lab's own trusts this
    /// lab's models. Must not be called inside an async runtime.
    pub fn by_url(url: &str) -> Result<Self> {
        let mut file = assay_dialect::for_url(url, url)?;
        if file.dialect == Dialect::Assay {
            let answer = Http::new(&file)?.get(assay_dialect::CAPABILITIES)?;
            let capabilities: Value = serde_json::from_str(&answer.text).unwrap_or_default();
            let text = |pointer: &str| capabilities.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            file.origin = file.origin.or_else(|| text("/origins/0"));
            file.rp_id = file.rp_id.or_else(|| text("/rp_id"));
            let told =
                ["lab-anchors", "lab-batch-anchor", "lab-metadata", "requirements", "fido-rest", "judges-extensions"];
            file.features.extend(told.map(str::to_owned));
            if text("/related_origins/0").is_some() {
                file.features.insert("related-origins".to_owned());
            }
        }
        Ok(Self { file, tenant_id: None, clock: None })
    }

    /// The server with Basic credentials of a tenant.
    #[must_use]
    pub fn with_credentials(mut self, tenant_id: &str, client_id: &str, client_secret: &str) -> Self {
        let value = format!("Basic {}", STANDARD.encode(format!("{client_id}:{client_secret}")));
        self.file.headers.insert("authorization".to_owned(), HeaderValue::Literal(value));
        self.tenant_id = Some(tenant_id.to_owned());
        if self.file.dialect == Dialect::Assay {
            self.file.features.extend(
                [
                    "loosening",
                    "tenant-admin",
                    "api-keys",
                    "policy-dry-run",
                    "audit-log",
                    "conditional-create",
                    "payment",
                ]
                .map(str::to_owned),
            );
        }
        self
    }

    /// How a run against this server is made: with its features, and with what its file lists as known.
    fn options(&self, plan: &Plan, more: &[&str]) -> Result<Options> {
        let features: Vec<&str> = self.file.features.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let mut options = plan.options(features.iter().copied());
        let listed = listed(&self.file.known_failures)?;
        options.known_failures.merge(listed).map_err(|what| anyhow!("target file and --known: {what}"))?;
        Ok(options)
    }

    fn origin(&self) -> Result<String> {
        Ok(match &self.file.origin {
            Some(origin) => origin.clone(),
            None => FidoRest::connect(&self.file)?.origin(),
        })
    }
}

/// Registration and authentication.
pub fn relying_party(plan: &Plan, judged: &Judged, lab: &Lab, progress: &mut dyn Progress) -> Result<SuiteReport> {
    let target = FidoRest::connect(&judged.file)?;
    relying_party_through(Box::new(target), plan, judged, lab, progress)
}

/// The same, asked through `target`: a way to the server that may change what passes.
pub fn relying_party_through(
    target: Box<dyn RelyingPartyTarget>,
    plan: &Plan,
    judged: &Judged,
    lab: &Lab,
    progress: &mut dyn Progress,
) -> Result<SuiteReport> {
    let clock = judged.clock.clone().map(|clock| -> Arc<dyn TargetClock> { Arc::new(clock) });
    let open = suites::relying_party::opener(target, lab.mint, judged.origin()?, judged.file.rp_id.clone(), clock);
    let suite = suites::relying_party::suite(&plan.profile);
    Ok(runner::run(&suite, &open, &judged.options(plan, &[])?, progress))
}

/// The attestation policy engine.
pub fn policy(plan: &Plan, judged: &Judged, lab: &Lab, progress: &mut dyn Progress) -> Result<SuiteReport> {
    let tenant_id = judged.tenant_id.clone().ok_or_else(|| {
        anyhow!(
            "the policy endpoints want Basic credentials: set ASSAY_CLIENT_ID, ASSAY_CLIENT_SECRET and ASSAY_TENANT_ID"
        )
    })?;
    let mut target = PolicyTarget { file: judged.file.clone(), tenant_id, lab: lab.mint };
    target.file.origin = Some(judged.origin()?);
    let opened = target.clone();
    let open: Arc<dyn Open<PolicyWorld>> = Arc::new(move |_: &mut Context| PolicyWorld::open(&opened));
    let found = runner::run(&suites::policy::suite(), &open, &judged.options(plan, &[])?, progress);
    if let Ok(world) = PolicyWorld::open(&target) {
        world.reset()?;
    }
    Ok(found)
}

/// Device-bound sessions.
pub fn dbsc(plan: &Plan, judged: &Judged, lab: &Lab, progress: &mut dyn Progress) -> Result<SuiteReport> {
    let mut target = DbscTarget { file: judged.file.clone(), lab: lab.mint, clock: None };
    target.file.origin = Some(judged.origin()?);
    let mut features = Vec::new();
    let clock_need = TARGET_CLOCK;
    if let Some(clock) = &judged.clock {
        target.clock = Some(Arc::new(clock.clone()));
        features.push(clock_need.feature());
    }
    Ok(runner::run(&suites::dbsc::suite(), &suites::dbsc::opener(target), &judged.options(plan, &features)?, progress))
}
