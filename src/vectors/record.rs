//! What the relying-party suite sends: recorded on its way to the lab's own server.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use assay_conformance::case::Header;
use assay_conformance::evidence::Exchange;
use assay_conformance::report::CaseReport;
use assay_conformance::runner::Progress;
use assay_conformance::target::fido_rest::FidoRest;
use assay_conformance::target::{
    Answer, AuthenticationRequest, Begin, Dialect, RegistrationRequest, RelyingPartyTarget, TargetError,
};
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::base64url::{decode, encode};
use assay_protocol::digest::sha256;
use assay_protocol::webauthn::{self, CreationOptions, RegistrationResponse, RequestOptions};
use assay_server::config::{Clock, Random, RandomError};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::judge::{Judged, Plan, relying_party_through};
use crate::lab::{Lab, ServerPlan, every_algorithm};

/// The RP ID of every recorded ceremony.
const RP_ID: &str = "example.org";

/// One ceremony that a case sent.
#[derive(Debug, Clone)]
pub struct Ceremony {
    /// The case's id.
    pub case: String,
    /// Its place among the case's ceremonies, from 0.
    pub number: usize,
    /// The line of `assay verify`, but for id and credential.
    pub line: Value,
    /// The credential, as text.
    pub credential: String,
    /// Did the lab's own server accept it?
    pub accepted: bool,
    /// What the case's evidence says of it.
    pub exchange: Option<Exchange>,
}

/// Every ceremony of the cases that `filter` lets through, under a profile.
pub fn record(profile: &str, seed: [u8; 32], now: OffsetDateTime, filter: &[String]) -> Result<Vec<Ceremony>> {
    let lab = Lab::new(seed, now);
    let plan = ServerPlan {
        profile: profile.to_owned(),
        algorithms: every_algorithm(),
        rp_id: RP_ID.to_owned(),
        // No port: client data and signatures come out the same in every run.
        origins: vec![format!("https://{RP_ID}")],
        clock: Some(Arc::new(Still(now))),
        ..ServerPlan::default()
    };
    let mut config = lab.server_config(&plan)?;
    config.random = Arc::new(Counting::default());
    let server = assay_server::spawn(config)?;
    let client = server.bootstrap.client.clone().context("the server kept its credentials to itself")?;
    let judged = Judged::by_url(&server.url())?.with_credentials(
        &server.bootstrap.tenant_id,
        &client.client_id,
        &client.client_secret,
    );
    let mut plan = Plan::new(profile, Some("5eed"), filter)?;
    // User names tell the time of the run.
    plan.began = now.into();

    let batch = lab.anchored_batch()?;
    let anchors = |roots: Vec<Vec<u8>>| roots.iter().chain([&batch]).map(|der| Value::from(encode(der))).collect();
    let tape = Tape {
        origin: judged.file.origin.clone().unwrap_or_default(),
        anchors: anchors(lab.attestation_roots()?),
        anchors_beside_metadata: anchors(lab.platform_roots()?),
        metadata: json!({ "blob": lab.metadata_blob()?, "roots": [encode(&lab.metadata_root()?)] }),
        ..Tape::default()
    };
    let tape = Shared(Arc::new(Mutex::new(tape)));
    let recorder =
        Recorder { inner: Box::new(FidoRest::connect(&judged.file)?), tape: tape.clone(), asked: Value::Null };
    relying_party_through(Box::new(recorder), &plan, &judged, &lab, &mut tape.clone())?;
    server.stop();
    let ceremonies = std::mem::take(&mut tape.lock().ceremonies);
    Ok(ceremonies)
}

/// What was sent so far.
#[derive(Default)]
struct Tape {
    origin: String,
    /// Every root, good for any model: what most libraries can be told.
    anchors: Vec<Value>,
    /// Those that are left where the models' own come from metadata.
    anchors_beside_metadata: Vec<Value>,
    metadata: Value,
    case: String,
    /// Is the case about what a model's metadata say of it?
    is_about_models: bool,
    ceremonies: Vec<Ceremony>,
    /// What the server has stored, by credential id.
    stored: BTreeMap<String, Value>,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<Tape>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Tape> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tape {
    fn push(&mut self, line: Value, credential: &str, accepted: bool) {
        let number = self.ceremonies.iter().filter(|one| one.case == self.case).count();
        let (case, credential) = (self.case.clone(), credential.to_owned());
        self.ceremonies.push(Ceremony { case, number, line, credential, accepted, exchange: None });
    }

    /// Stores what an accepted registration has made.
    fn store(&mut self, body: &str, user_handle: &Value) -> Option<()> {
        let response = RegistrationResponse::from_json(body.as_bytes(), webauthn::Dialect::FidoRest).ok()?;
        let object = AttestationObject::parse(&response.attestation_object).ok()?;
        let data = AuthenticatorData::parse(&object.auth_data).ok()?;
        let attested = data.attested.as_ref()?;
        let record = json!({
            "credential_id": encode(&attested.credential_id),
            "public_key": encode(&attested.public_key_cbor),
            "sign_count": data.sign_count,
            "backup_eligible": data.flags.be(),
            "backup_state": data.flags.bs(),
            "uv_initialized": data.flags.uv(),
            "user_handle": user_handle,
        });
        self.stored.insert(encode(&attested.credential_id), record);
        Some(())
    }

    /// The counter of an accepted authentication.
    fn count(&mut self, used: &str, json: &Value) -> Option<()> {
        let data = decode(json.pointer("/response/authenticatorData")?.as_str()?).ok()?;
        let data = AuthenticatorData::parse(&data).ok()?;
        *self.stored.get_mut(used)?.get_mut("sign_count")? = data.sign_count.into();
        Some(())
    }
}

/// A way to the server on which everything is written down.
struct Recorder {
    inner: Box<dyn RelyingPartyTarget>,
    tape: Shared,
    /// The line of the ceremony that was begun last, but for the credential.
    asked: Value,
}

impl Recorder {
    fn is(&self, ceremony: &str) -> bool {
        self.asked.get("ceremony").and_then(Value::as_str) == Some(ceremony)
    }

    /// What is stored of the credential that answers; where the answer is too broken to tell, of the
    /// only one that was asked for.
    fn record(&self, used: &str) -> Option<Value> {
        let tape = self.tape.lock();
        let only = || match self.asked.get("allow_credentials")?.as_array()?.as_slice() {
            [only] => tape.stored.get(only.as_str()?),
            _ => None,
        };
        tape.stored.get(used).or_else(only).cloned()
    }
}

impl RelyingPartyTarget for Recorder {
    fn begin_registration(&mut self, request: &RegistrationRequest) -> Result<Begin<CreationOptions>, TargetError> {
        let begun = self.inner.begin_registration(request)?;
        if let Begin::Offered(offer) = &begun {
            let tape = self.tape.lock();
            let algorithms: Vec<i64> = offer.options.pub_key_cred_params.iter().map(|offered| offered.alg).collect();
            let demands = request.requirements.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
            let mut line = json!({
                "id": null,
                "ceremony": "registration",
                "rp_id": offer.options.rp.id,
                "origins": [tape.origin],
                "challenge": encode(&offer.options.challenge),
                "algorithms": algorithms,
                "user_verification": offer.options.user_verification().to_string(),
                "user_handle": encode(&offer.options.user.id),
                "extensions": request.extensions,
            });
            if let (Some(types), Some(members)) = (demands.get("attestation_types"), line.as_object_mut()) {
                let mut anchors = &tape.anchors;
                if tape.is_about_models {
                    anchors = &tape.anchors_beside_metadata;
                    members.insert("metadata".to_owned(), tape.metadata.clone());
                }
                members.insert("trust_anchors".to_owned(), Value::from(anchors.clone()));
                members.insert("allow_attestation_types".to_owned(), types.clone());
            }
            settle(&mut line, &demands);
            if let (Some(mediation), Some(members)) = (&request.mediation, line.as_object_mut()) {
                members.insert("mediation".to_owned(), Value::from(mediation.as_str()));
            }
            drop(tape);
            self.asked = line;
        }
        Ok(begun)
    }

    fn finish_registration(&mut self, body: &str) -> Result<Answer, TargetError> {
        let answer = self.inner.finish_registration(body)?;
        if self.is("registration") {
            let mut tape = self.tape.lock();
            tape.push(self.asked.clone(), body, answer.accepted);
            if answer.accepted {
                let user_handle = self.asked.get("user_handle").cloned().unwrap_or_default();
                // What was accepted and cannot be read is nothing that can be used later.
                let _ = tape.store(body, &user_handle);
            }
        }
        Ok(answer)
    }

    fn begin_authentication(&mut self, request: &AuthenticationRequest) -> Result<Begin<RequestOptions>, TargetError> {
        let begun = self.inner.begin_authentication(request)?;
        if let Begin::Offered(offer) = &begun {
            let allowed: Vec<String> = offer.options.allow_credentials.iter().map(|one| encode(&one.id)).collect();
            let demands = request.requirements.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
            let mut line = json!({
                "id": null,
                "ceremony": "authentication",
                "rp_id": offer.options.rp_id,
                "origins": [self.tape.lock().origin],
                "challenge": encode(&offer.options.challenge),
                "user_verification": offer.options.user_verification().to_string(),
                "allow_credentials": allowed,
                "extensions": request.extensions,
            });
            settle(&mut line, &demands);
            self.asked = line;
        }
        Ok(begun)
    }

    fn finish_authentication(&mut self, body: &str) -> Result<Answer, TargetError> {
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        let used = text("rawId").or(text("id")).unwrap_or_default();
        let record = self.record(used);
        let answer = self.inner.finish_authentication(body)?;
        if let (Some(record), true) = (record, self.is("authentication")) {
            let mut tape = self.tape.lock();
            let mut line = self.asked.clone();
            if let Some(members) = line.as_object_mut() {
                members.insert("stored".to_owned(), record);
            }
            tape.push(line, body, answer.accepted);
            if answer.accepted {
                let _ = tape.count(used, &json);
            }
        }
        Ok(answer)
    }

    fn new_session(&self) -> Result<Box<dyn RelyingPartyTarget>, TargetError> {
        let inner = self.inner.new_session()?;
        Ok(Box::new(Self { inner, tape: self.tape.clone(), asked: Value::Null }))
    }

    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }
}

/// The requirements that a line has members for.
fn settle(line: &mut Value, demands: &Map<String, Value>) {
    let Some(members) = line.as_object_mut() else { return };
    for name in SETTLED {
        if let Some(demand) = demands.get(name) {
            members.insert(name.to_owned(), demand.clone());
        }
    }
}

/// What a server must have for cases about models.
const LAB_METADATA: &str = "lab-metadata";

/// The requirements that are said to `assay verify` by the name that the server has for them.
const SETTLED: [&str; 7] =
    ["cross_origin", "top_origins", "mediation", "backup", "payment", "unsolicited_extensions", "min_pin_length"];

impl Progress for Shared {
    fn case_started(&mut self, header: &Header) {
        let mut tape = self.lock();
        tape.case.clone_from(&header.id);
        tape.is_about_models = header.needs.iter().any(|need| need.feature() == LAB_METADATA);
    }

    /// Finds for every ceremony what the evidence says of it: what was sent is the same.
    fn case_finished(&mut self, report: &CaseReport) {
        let mut tape = self.lock();
        let mut exchanges = report.evidence.iter();
        for ceremony in tape.ceremonies.iter_mut().filter(|one| one.case == report.header.id) {
            let json: Option<Value> = serde_json::from_str(&ceremony.credential).ok();
            let same = |exchange: &&Exchange| match &exchange.sent.json {
                Some(sent) => Some(sent) == json.as_ref(),
                None => exchange.sent.raw.as_ref() == Some(&ceremony.credential),
            };
            ceremony.exchange = exchanges.find(same).cloned();
        }
    }
}

/// Numbers that nobody has seen before, and that come again in the next run.
#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for part in bytes.chunks_mut(32) {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            for (byte, drawn) in part.iter_mut().zip(sha256(&number.to_be_bytes())) {
                *byte = drawn;
            }
        }
        Ok(())
    }
}

/// A clock that stands still.
#[derive(Debug)]
struct Still(OffsetDateTime);

impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}
