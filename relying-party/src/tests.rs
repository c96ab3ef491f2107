//! Whole ceremonies: published vectors, captures from real devices, and forgeries.

mod bites;
mod codes;
mod real_device;
mod vectors;

use std::path::PathBuf;
use std::{env, fs};

use assay_attestation::{Anchors, AttestationType};
use assay_mint::assertion::AssertionForge;
use assay_mint::credential::Credential;
use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::authenticator_data::Flags;
use assay_protocol::cose::alg;
use assay_protocol::webauthn::{AuthenticationResponse, Dialect, RegistrationResponse};
use serde_json::Value;
use time::OffsetDateTime;

use crate::authentication::{self, Authentication, Held};
use crate::ceremony::BackupPolicy;
use crate::profile::{Action, Profile, Switches};
use crate::record::CredentialRecord;
use crate::registration::{self, Expectations, Mediation, Registration};
use crate::rejection::Rejection;
use crate::relying_party::RelyingParty;
use crate::trust::Trust;

/// The clock of the forged ceremonies: 2026-11-22.
pub(crate) const NOW: i64 = 1_795_305_600;
pub(crate) const RP_ID: &str = "example.org";
pub(crate) const CHALLENGE: [u8; 32] = [0x11; 32];
pub(crate) const USER: [u8; 16] = [0x22; 16];

pub(crate) fn lab() -> Lab {
    Lab::new([7; 32], NOW)
}

pub(crate) fn rp() -> RelyingParty {
    RelyingParty::new(RP_ID, "Example", vec![format!("https://{RP_ID}")])
}

/// Every check there is, but for the one that refuses a whole format.
pub(crate) fn everything() -> Profile {
    let hardened = Profile::named("hardened").unwrap();
    let switches = Switches {
        root_in_x5c: Action::Refuse,
        token_binding: Action::Refuse,
        fido_u2f_aaguid: Action::Refuse,
        android_safetynet: Action::Accept,
        ..hardened.switches
    };
    Profile::with_switches("hardened", switches).unwrap()
}

/// A registration's surroundings, all of which suit the forges.
pub(crate) struct Register {
    pub(crate) rp: RelyingParty,
    pub(crate) pending: registration::Pending,
    pub(crate) anchors: Option<Anchors>,
    pub(crate) known: Vec<Vec<u8>>,
    pub(crate) now: OffsetDateTime,
}

impl Register {
    pub(crate) fn new() -> Self {
        Self {
            rp: rp(),
            pending: registration::Pending {
                challenge: CHALLENGE.to_vec(),
                user_handle: USER.to_vec(),
                algorithms: vec![alg::ES256, alg::EDDSA, alg::RS256],
                user_verification_required: false,
                mediation: Mediation::Optional,
                exclude_credentials: Vec::new(),
                expectations: Expectations::default(),
                asked: Default::default(),
            },
            anchors: None,
            known: Vec::new(),
            now: OffsetDateTime::from_unix_timestamp(NOW).unwrap(),
        }
    }

    /// With the anchors of what this forge attests with.
    pub(crate) fn trusting(forge: &RegistrationForge) -> Self {
        let anchors = forge.format.chain().map(|chain| Anchors::parse([chain.issue().unwrap().root]).unwrap());
        Self { anchors, ..Self::new() }
    }

    pub(crate) fn judge(&self, text: &str, profile: &Profile) -> Result<Registration, Rejection> {
        let response = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn)?;
        let trust = self.anchors.as_ref().map_or(Trust::unjudged(), Trust::anchors);
        let known = |id: &[u8]| self.known.iter().any(|known| known == id);
        registration::finish(&self.rp, &self.pending, &response, &trust, &known, profile, self.now)
    }

    pub(crate) fn judge_forge(&self, forge: &RegistrationForge, profile: &Profile) -> Result<Registration, Rejection> {
        self.judge(&forge.forge().unwrap().text, profile)
    }
}

/// An authentication's surroundings.
pub(crate) struct Authenticate {
    pub(crate) rp: RelyingParty,
    pub(crate) pending: authentication::Pending,
    pub(crate) owner: Vec<u8>,
    pub(crate) record: Option<CredentialRecord>,
}

impl Authenticate {
    /// The user is identified, and has registered this credential.
    pub(crate) fn new(credential: &Credential) -> Self {
        let flags = Flags(credential.flags);
        let mut record = CredentialRecord::new(credential.id.clone(), credential.key.cose_key().to_cbor());
        record.sign_count = credential.sign_count;
        record.uv_initialized = flags.uv();
        record.backup_eligible = Some(flags.be());
        record.backup_state = flags.bs();
        Self {
            rp: rp(),
            pending: authentication::Pending {
                challenge: CHALLENGE.to_vec(),
                user_handle: Some(USER.to_vec()),
                allow_credentials: vec![credential.id.clone()],
                user_verification_required: false,
                app_id: None,
                backup: BackupPolicy::Any,
                asked: Default::default(),
                payment: None,
            },
            owner: USER.to_vec(),
            record: Some(record),
        }
    }

    pub(crate) fn judge(&self, text: &str, profile: &Profile) -> Result<Authentication, Rejection> {
        let response = AuthenticationResponse::from_json(text.as_bytes(), Dialect::WebAuthn)?;
        let held = self.record.as_ref().map(|record| Held { user_handle: &self.owner, record });
        authentication::finish(&self.rp, &self.pending, &response, held, profile)
    }

    pub(crate) fn judge_forge(&self, forge: &AssertionForge, profile: &Profile) -> Result<Authentication, Rejection> {
        self.judge(&forge.forge().unwrap().text, profile)
    }
}

/// A credential with a counter, made by a good registration.
pub(crate) fn credential() -> Credential {
    let mut credential = RegistrationForge::none(&lab(), RP_ID, &CHALLENGE).forge().unwrap().credential;
    credential.sign_count = 7;
    credential
}

pub(crate) fn code<T>(verdict: &Result<T, Rejection>) -> &'static str {
    match verdict {
        Ok(_) => "accept",
        Err(rejection) => rejection.code(),
    }
}

/// A file of the shared reference data; where it is absent, its test has nothing to test.
fn shared(path: &str) -> Option<Value> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let root = env::var_os("ASSAY_SHARED").map_or_else(beside, PathBuf::from);
    let Ok(text) = fs::read_to_string(root.join(path)) else {
        assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "no {path}");
        eprintln!("SKIPPED: no {path} in {}", root.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn every_type() -> Vec<AttestationType> {
    vec![
        AttestationType::None,
        AttestationType::SelfAttestation,
        AttestationType::Basic,
        AttestationType::AttCa,
        AttestationType::AnonCa,
    ]
}
