//! From the models to a signed BLOB.

use assay_protocol::base64url;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use time::{Date, Duration, OffsetDateTime};

use super::models::DAY;
use super::{MetadataEdit, Model, ModelId, Report, facts, models};
use crate::chain::Chain;
use crate::error::Error;
use crate::keys::SigningKey;
use crate::lab::{Lab, TPM_MODEL};

/// Which issue of the metadata to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issue {
    /// Its serial number.
    pub no: u64,
    /// How late its successor is.
    pub overdue: Overdue,
    /// What is wrong with it.
    pub edit: Option<MetadataEdit>,
}

/// How late the next issue is on the lab's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Overdue {
    /// It is not due yet.
    #[default]
    No,
    /// Three weeks.
    Weeks,
    /// More than seven weeks.
    Months,
}

impl Issue {
    /// A good issue of this number.
    pub fn new(no: u64) -> Self {
        Self { no, overdue: Overdue::No, edit: None }
    }
}

/// The BLOB while it can still be edited.
pub(super) struct BlobDraft {
    /// The chain whose leaf signs.
    pub(super) chain: Chain,
    /// Certificates for the header, leaf first: set after the chain was issued.
    pub(super) x5c: Vec<Vec<u8>>,
    /// The header.
    pub(super) header: Map<String, Value>,
    /// The payload.
    pub(super) payload: Map<String, Value>,
    /// What is signed in the payload's stead.
    pub(super) payload_text: Option<String>,
    /// Who signs.
    pub(super) key: SigningKey,
    /// The signature.
    pub(super) signature: Vec<u8>,
}

impl Lab {
    /// The metadata's signed BLOB: a compact JWS, ES256, with `x5c`.
    pub fn metadata_blob(&self, issue: &Issue) -> Result<String, Error> {
        Self::sign_metadata(self.metadata(), self.metadata_payload(issue)?, issue.edit)
    }

    /// A payload, signed by the leaf of this chain; wrong in one way where an edit is given.
    pub fn sign_metadata(
        chain: Chain,
        payload: Map<String, Value>,
        wrong: Option<MetadataEdit>,
    ) -> Result<String, Error> {
        let mut draft = BlobDraft {
            key: chain.leaf.key.clone(),
            chain,
            x5c: Vec::new(),
            header: Map::from_iter([("alg".to_owned(), json!("ES256")), ("typ".to_owned(), json!("JWT"))]),
            payload,
            payload_text: None,
            signature: Vec::new(),
        };
        let edit = |stage: Stage, draft: &mut BlobDraft| {
            if let Some(edit) = wrong {
                edit.apply(stage, draft);
            }
        };
        edit(Stage::Content, &mut draft);
        draft.x5c = draft.chain.issue()?.x5c();
        let x5c: Vec<String> = draft.x5c.iter().map(|der| STANDARD.encode(der)).collect();
        draft.header.insert("x5c".to_owned(), json!(x5c));
        edit(Stage::Header, &mut draft);
        let signed = draft.signing_input();
        draft.signature = raw(&draft.key.sign(signed.as_bytes())?);
        edit(Stage::Signature, &mut draft);
        Ok(format!("{}.{}", draft.signing_input(), base64url::encode(&draft.signature)))
    }

    /// The metadata's payload, which nobody has signed: what a BLOB of this issue would say.
    pub fn metadata_payload(&self, issue: &Issue) -> Result<Map<String, Value>, Error> {
        let next_update = match issue.overdue {
            Overdue::No => facts().next_update.fresh,
            Overdue::Weeks => facts().next_update.stale,
            Overdue::Months => facts().next_update.expired,
        };
        self.metadata_payload_of(models(), issue.no, next_update)
    }

    /// The payload about these models, as far as they are in metadata at all.
    pub fn metadata_payload_of<'m>(
        &self,
        models: impl IntoIterator<Item = &'m Model>,
        no: u64,
        next_update: Date,
    ) -> Result<Map<String, Value>, Error> {
        let listed = models.into_iter().filter(|model| model.in_metadata);
        let entries: Result<Vec<_>, _> = listed.map(|model| self.entry(model)).collect();
        Ok(Map::from_iter([
            ("legalHeader".to_owned(), json!("Made by the Assay test lab for its own models. No terms.")),
            ("no".to_owned(), json!(no)),
            ("nextUpdate".to_owned(), json!(self.date(next_update))),
            ("entries".to_owned(), json!(entries?)),
        ]))
    }

    /// The certificate to which the metadata's signature leads.
    pub fn metadata_root(&self) -> Result<Vec<u8>, Error> {
        let root = self.metadata().root;
        root.spec.issue(&root.key)
    }

    /// The chain of a listed model's attestation certificates.
    pub fn model_chain(&self, id: &ModelId) -> Chain {
        match id {
            ModelId::Aaguid(aaguid) => self.model(*aaguid),
            ModelId::KeyIdentifier(_) => self.u2f(&id.to_string()),
        }
    }

    fn entry(&self, model: &Model) -> Result<Value, Error> {
        let mut entry = Map::new();
        let mut statement = json!({
            "legalHeader": "Made by the Assay test lab for its own models. No terms.",
            "description": model.name,
            "authenticatorVersion": 1,
            "protocolFamily": model.protocol,
            "schema": 3,
            "upv": [{ "major": 1, "minor": 0 }],
            "authenticationAlgorithms": algorithms(model),
            "publicKeyAlgAndEncodings": ["cose"],
            "attestationTypes": model.attestation_types,
            "userVerificationDetails": [[{ "userVerificationMethod": "presence_internal" }]],
            "keyProtection": model.key_protection,
            "matcherProtection": ["on_chip"],
            "attachmentHint": ["external", "wired"],
            "tcDisplay": [],
            "attestationRootCertificates": self.roots(model)?,
        });
        match &model.id {
            ModelId::Aaguid(aaguid) => {
                entry.insert("aaguid".to_owned(), json!(aaguid));
                put(&mut statement, "aaguid", json!(aaguid));
            }
            ModelId::KeyIdentifier(_) => {
                // The fact, and the key that the lab itself signs this model's statements with.
                let own = self.u2f_key_identifier(&model.id.to_string());
                let identifiers = json!([model.id.to_string(), ModelId::KeyIdentifier(own).to_string()]);
                put(&mut statement, "authenticationAlgorithms", json!(["secp256r1_ecdsa_sha256_raw"]));
                entry.insert("attestationCertificateKeyIdentifiers".to_owned(), identifiers.clone());
                put(&mut statement, "attestationCertificateKeyIdentifiers", identifiers);
            }
        }
        let reports: Result<Vec<_>, _> = model.status_reports.iter().map(|report| self.report(model, report)).collect();
        let changed = model.status_reports.iter().filter_map(|report| report.effective_date).max();
        entry.insert("metadataStatement".to_owned(), statement);
        entry.insert("statusReports".to_owned(), json!(reports?));
        entry.insert(
            "timeOfLastStatusChange".to_owned(),
            json!(self.date(changed.unwrap_or(facts().today).min(facts().today))),
        );
        Ok(Value::Object(entry))
    }

    fn roots(&self, model: &Model) -> Result<Vec<String>, Error> {
        if !model.has_certificates() {
            return Ok(Vec::new());
        }
        let root = self.model_chain(&model.id).root;
        Ok(vec![STANDARD.encode(root.spec.issue(&root.key)?)])
    }

    fn report(&self, model: &Model, report: &Report) -> Result<Value, Error> {
        let mut json = json!({ "status": report.status });
        if let Some(date) = report.effective_date {
            put(&mut json, "effectiveDate", json!(self.date(date)));
        }
        if let Some(version) = report.authenticator_version {
            put(&mut json, "authenticatorVersion", json!(version));
        }
        if let (Some(batch), ModelId::Aaguid(aaguid)) = (&report.certificate, &model.id) {
            let leaf = self.batch(*aaguid, batch).issue()?.leaf;
            put(&mut json, "certificate", json!(STANDARD.encode(leaf)));
        }
        Ok(json)
    }

    /// A day of the facts on the lab's calendar.
    fn date(&self, fact: Date) -> String {
        let today = OffsetDateTime::from_unix_timestamp(self.now()).map_or(facts().today, OffsetDateTime::date);
        let shift: Duration = today - facts().today;
        let date = fact.checked_add(shift).unwrap_or(fact);
        date.format(DAY).unwrap_or_default()
    }
}

/// When an edit is applied: before the certificates are issued, before and after the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// To the chain and the payload.
    Content,
    /// To the header.
    Header,
    /// To what has been signed.
    Signature,
}

impl BlobDraft {
    fn signing_input(&self) -> String {
        let header = Value::Object(self.header.clone()).to_string();
        let payload = match &self.payload_text {
            Some(text) => text.clone(),
            None => Value::Object(self.payload.clone()).to_string(),
        };
        format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload.as_bytes()))
    }
}

/// TPMs have RSA in Ed25519's place.
fn algorithms(model: &Model) -> [&'static str; 2] {
    let is_tpm = model.id == ModelId::Aaguid(TPM_MODEL);
    ["secp256r1_ecdsa_sha256_raw", if is_tpm { "rsassa_pkcsv15_sha256_raw" } else { "ed25519_eddsa_sha512_raw" }]
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// JWS has the two numbers of an ECDSA signature side by side (RFC 7518 3.4).
fn raw(der: &[u8]) -> Vec<u8> {
    p256::ecdsa::Signature::from_der(der)
        .map_or_else(|_not_der| der.to_vec(), |signature| signature.to_bytes().to_vec())
}
