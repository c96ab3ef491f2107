//! What the relying-party suite sends: recorded on its way to the lab's own server.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use assay::cli::TestKind;
use assay::judge::{Judged, Plan, headers, relying_party_through};
use assay::lab::{Lab, ServerPlan, every_algorithm};
use assay_conformance::case::Header;
use assay_conformance::runner::Progress;
use assay_conformance::target::fido_rest::FidoRest;
use assay_conformance::target::{
    Answer, AuthenticationRequest, Begin, Dialect, RegistrationRequest, RelyingPartyTarget, TargetError,
};
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::base64url::encode;
use assay_protocol::digest::sha256;
use assay_protocol::webauthn::{self, CreationOptions, RegistrationResponse, RequestOptions};
use assay_server::config::{Clock, Random, RandomError};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::cases::{Case, NOW, SEED, decided, is_chosen};
use crate::support::lines::{Line, RP_ID};

const PROFILE: &str = "hardened";

/// Every ceremony of the cases that begin the suite, and of a tenth of the others.
pub(super) fn sent() -> Vec<Case> {
    let lab = Lab::new(SEED, NOW);
    let plan = ServerPlan {
        profile: PROFILE.to_owned(),
        algorithms: every_algorithm(),
        rp_id: RP_ID.to_owned(),
        // No port: client data and signatures come out the same in every run.
        origins: vec![format!("https://{RP_ID}")],
        clock: Some(Arc::new(Still)),
        ..ServerPlan::default()
    };
    let mut config = lab.server_config(&plan).unwrap();
    config.random = Arc::new(Counting::default());
    let server = assay_server::spawn(config).unwrap();
    let client = server.bootstrap.client.clone().unwrap();
    let judged = Judged::by_url(&server.url()).unwrap().with_credentials(
        &server.bootstrap.tenant_id,
        &client.client_id,
        &client.client_secret,
    );
    let chosen = headers(TestKind::Server, PROFILE).into_iter().map(|header| header.id);
    let chosen = chosen.filter(|id| is_good(id) || is_chosen(id));
    let chosen: Vec<String> = chosen.filter(|id| !is_beyond_a_line(id)).collect();
    let plan = Plan::new(PROFILE, Some("5eed"), &chosen).unwrap();

    let anchors = lab.attestation_roots().unwrap().into_iter().chain([lab.anchored_batch().unwrap()]);
    let tape = Tape {
        origin: judged.file.origin.clone().unwrap(),
        anchors: anchors.map(|der| Value::from(encode(&der))).collect(),
        ..Tape::default()
    };
    let tape = Arc::new(Mutex::new(tape));
    let recorder = Recorder {
        inner: Box::new(FidoRest::connect(&judged.file).unwrap()),
        tape: Arc::clone(&tape),
        asked: Value::Null,
    };
    let mut place = Here(Arc::clone(&tape));
    relying_party_through(Box::new(recorder), &plan, &judged, &lab, &mut place).unwrap();
    let lines = std::mem::take(&mut tape.lock().unwrap().lines);
    lines.into_iter().filter_map(|(id, line)| decided(id, line)).collect()
}

/// Is it a ceremony in which nothing is wrong?
fn is_good(id: &str) -> bool {
    let of_an_algorithm = ["/none", "/packed-self", "/packed", "/signed"].iter().any(|end| id.ends_with(end));
    id.contains("/accepted/") || (id.contains("/algorithm-") && of_an_algorithm)
}

/// Is it about what a line has no member for, and the witnesses no word?
fn is_beyond_a_line(id: &str) -> bool {
    let parts = ["/payment/", "/related-origins/", "/extensions/prf-", "/extensions/large-blob-", "/extensions/appid-"];
    parts.iter().any(|part| id.contains(part)) || id.ends_with("-are-wanted")
}

/// What was sent so far, as lines of `assay verify`.
#[derive(Default)]
struct Tape {
    origin: String,
    anchors: Vec<Value>,
    case: String,
    lines: Vec<(String, Line)>,
    /// What the server has stored, by credential id.
    stored: BTreeMap<String, Value>,
}

impl Tape {
    fn push(&mut self, members: Value, credential: &str) {
        let Value::Object(members) = members else { panic!("{members}") };
        let number = self.lines.iter().filter(|(id, _)| id.starts_with(&format!("suite/{}/", self.case))).count();
        let id = format!("suite/{}/{number}", self.case);
        self.lines.push((id, Line { members, credential: credential.to_owned() }));
    }

    /// Stores what an accepted registration has made.
    fn store(&mut self, body: &str, user_handle: &Value) {
        let response = RegistrationResponse::from_json(body.as_bytes(), webauthn::Dialect::FidoRest).unwrap();
        let object = AttestationObject::parse(&response.attestation_object).unwrap();
        let data = AuthenticatorData::parse(&object.auth_data).unwrap();
        let attested = data.attested.unwrap();
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
    }
}

/// A way to the server on which everything is written down.
struct Recorder {
    inner: Box<dyn RelyingPartyTarget>,
    tape: Arc<Mutex<Tape>>,
    /// The line of the ceremony that was begun last, but for the credential.
    asked: Value,
}

impl RelyingPartyTarget for Recorder {
    fn begin_registration(&mut self, request: &RegistrationRequest) -> Result<Begin<CreationOptions>, TargetError> {
        let begun = self.inner.begin_registration(request)?;
        if let Begin::Offered(offer) = &begun {
            let tape = self.tape.lock().unwrap();
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
            });
            if demands.contains_key("attestation_types") {
                line["trust_anchors"] = Value::from(tape.anchors.clone());
                line["allow_attestation_types"] = demands["attestation_types"].clone();
            }
            frames(&mut line, &demands);
            if let Some(mediation) = &request.mediation {
                line["mediation"] = mediation.as_str().into();
            }
            self.asked = line;
        }
        Ok(begun)
    }

    fn finish_registration(&mut self, body: &str) -> Result<Answer, TargetError> {
        let answer = self.inner.finish_registration(body)?;
        let mut tape = self.tape.lock().unwrap();
        if self.asked["ceremony"] == "registration" {
            tape.push(self.asked.clone(), body);
            if answer.accepted {
                tape.store(body, &self.asked["user_handle"]);
            }
        }
        Ok(answer)
    }

    fn begin_authentication(&mut self, request: &AuthenticationRequest) -> Result<Begin<RequestOptions>, TargetError> {
        let begun = self.inner.begin_authentication(request)?;
        if let Begin::Offered(offer) = &begun {
            let tape = self.tape.lock().unwrap();
            let allowed: Vec<String> = offer.options.allow_credentials.iter().map(|one| encode(&one.id)).collect();
            let demands = request.requirements.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
            let mut line = json!({
                "id": null,
                "ceremony": "authentication",
                "rp_id": offer.options.rp_id,
                "origins": [tape.origin],
                "challenge": encode(&offer.options.challenge),
                "user_verification": offer.options.user_verification().to_string(),
                "allow_credentials": allowed,
                "extensions": request.extensions,
            });
            frames(&mut line, &demands);
            self.asked = line;
        }
        Ok(begun)
    }

    fn finish_authentication(&mut self, body: &str) -> Result<Answer, TargetError> {
        let before = self.tape.lock().unwrap().stored.clone();
        let answer = self.inner.finish_authentication(body)?;
        let mut tape = self.tape.lock().unwrap();
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        let used = json["rawId"].as_str().or(json["id"].as_str()).unwrap_or_default();
        if let (Some(record), "authentication") =
            (before.get(used), self.asked["ceremony"].as_str().unwrap_or_default())
        {
            let mut line = self.asked.clone();
            line["stored"] = record.clone();
            tape.push(line, body);
            if answer.accepted {
                let data = json["response"]["authenticatorData"].as_str().unwrap();
                let data = AuthenticatorData::parse(&assay_protocol::base64url::decode(data).unwrap()).unwrap();
                tape.stored.get_mut(used).unwrap()["sign_count"] = data.sign_count.into();
            }
        }
        Ok(answer)
    }

    fn new_session(&self) -> Result<Box<dyn RelyingPartyTarget>, TargetError> {
        let inner = self.inner.new_session()?;
        Ok(Box::new(Self { inner, tape: Arc::clone(&self.tape), asked: Value::Null }))
    }

    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }
}

/// The requirements that a line has members for.
fn frames(line: &mut Value, demands: &Map<String, Value>) {
    for name in ["cross_origin", "top_origins", "mediation"] {
        if let Some(demand) = demands.get(name) {
            line[name] = demand.clone();
        }
    }
}

/// Which case is being asked.
struct Here(Arc<Mutex<Tape>>);

impl Progress for Here {
    fn case_started(&mut self, header: &Header) {
        self.0.lock().unwrap().case.clone_from(&header.id);
    }
}

/// Numbers that nobody has seen before, and that come again in the next run.
#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for part in bytes.chunks_mut(32) {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            part.copy_from_slice(&sha256(&number.to_be_bytes())[..part.len()]);
        }
        Ok(())
    }
}

/// A clock that stands still.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        NOW
    }
}
