//! From a line to the ceremony that it tells of, and that ceremony's verdict.

use assay_attestation::metadata::{self, Metadata};
use assay_attestation::{Anchors, AttestationType};
use assay_mint::lab::METADATA_HOST;
use assay_protocol::cose::CoseKey;
use assay_protocol::webauthn::{AuthenticationResponse, Dialect, RegistrationResponse};
use assay_relying_party::extensions::Asked;
use assay_relying_party::registration::{Expectations, Mediation};
use assay_relying_party::{CredentialRecord, Profile, Rejection, RelyingParty, Trust, authentication, registration};
use serde_json::Value;
use time::OffsetDateTime;

use super::evidence;
use super::line::{Ceremony, Line, LineError, Stored};

/// The ceremony's verdict: evidence or rejection; an error where the line itself is unusable.
/// `now` is the time of a line that names none.
pub fn decide(line: &Line, now: OffsetDateTime) -> Result<Result<Value, Rejection>, LineError> {
    let Some(profile) = Profile::named(&line.profile) else {
        let detail = format!("profile {:?} is not known", line.profile);
        return Err(LineError { id: line.id.clone(), code: "line_member_value", detail });
    };
    decide_under(line, &profile, now)
}

/// The same under a profile of the caller's.
pub fn decide_under(
    line: &Line,
    profile: &Profile,
    now: OffsetDateTime,
) -> Result<Result<Value, Rejection>, LineError> {
    let unusable = |detail| LineError { id: line.id.clone(), code: "line_member_value", detail };
    let rp = RelyingParty {
        cross_origin: line.cross_origin,
        top_origins: line.top_origins.clone(),
        ..RelyingParty::new(&line.rp_id, &line.rp_id, line.origins.clone())
    };
    match &line.ceremony {
        Ceremony::Registration => register(line, &rp, profile, line.at.unwrap_or(now)).map_err(unusable),
        Ceremony::Authentication(stored) => authenticate(line, stored, &rp, profile).map_err(unusable),
    }
}

fn register(
    line: &Line,
    rp: &RelyingParty,
    profile: &Profile,
    now: OffsetDateTime,
) -> Result<Result<Value, Rejection>, String> {
    let anchors = line.trust_anchors.as_ref().map(Anchors::parse).transpose();
    let anchors = anchors.map_err(|rejection| format!("trust_anchors: {rejection}"))?;
    let metadata = metadata(line, now)?;
    let trust = Trust { anchors: anchors.as_ref(), metadata: metadata.as_ref(), ..Trust::unjudged() };
    let pending = registration::Pending {
        challenge: line.challenge.clone(),
        user_handle: line.user_handle.clone().unwrap_or_default(),
        algorithms: line.algorithms.clone(),
        user_verification_required: line.user_verification == "required",
        mediation: match line.mediation.as_deref() {
            Some("conditional") => Mediation::Conditional,
            _ => Mediation::Optional,
        },
        exclude_credentials: Vec::new(),
        expectations: Expectations { attestation_types: attestation_types(line)?, backup: line.backup },
        asked: Asked::new(line.extensions.clone(), line.extension_policy.clone()),
    };
    let outcome = RegistrationResponse::from_json(&line.credential, Dialect::WebAuthn)
        .map_err(Rejection::from)
        .and_then(|response| registration::finish(rp, &pending, &response, &trust, &|_| false, profile, now));
    Ok(outcome.map(|registration| evidence::of_registration(&registration)))
}

fn authenticate(
    line: &Line,
    stored: &Stored,
    rp: &RelyingParty,
    profile: &Profile,
) -> Result<Result<Value, Rejection>, String> {
    // A record that cannot be read is the line's fault, not the credential's.
    CoseKey::parse(&stored.public_key).map_err(|malformed| format!("stored.public_key: {malformed}"))?;
    let record = CredentialRecord {
        sign_count: stored.sign_count,
        backup_eligible: stored.backup_eligible,
        backup_state: stored.backup_state,
        uv_initialized: stored.uv_initialized,
        ..CredentialRecord::new(stored.credential_id.clone(), stored.public_key.clone())
    };
    let outcome = AuthenticationResponse::from_json(&line.credential, Dialect::WebAuthn)
        .map_err(Rejection::from)
        .and_then(|response| {
            // Of a line that names no owner no ownership is asked: whoever signs is the owner.
            let named = stored.user_handle.as_ref().or(line.user_handle.as_ref());
            let owner = named.or(response.user_handle.as_ref()).cloned().unwrap_or_default();
            // Whoever was offered credentials was identified before, and so was who owns them.
            let identified = named.is_none() || !line.allow_credentials.is_empty();
            let pending = authentication::Pending {
                challenge: line.challenge.clone(),
                user_handle: line.user_handle.clone().or_else(|| identified.then(|| owner.clone())),
                allow_credentials: line.allow_credentials.clone(),
                user_verification_required: line.user_verification == "required",
                app_id: line.extensions.get("appid").and_then(Value::as_str).map(str::to_owned),
                backup: line.backup,
                asked: Asked::new(line.extensions.clone(), line.extension_policy.clone()),
                payment: line.payment.clone(),
            };
            let held = authentication::Held { user_handle: &owner, record: &record };
            authentication::finish(rp, &pending, &response, Some(held), profile)
        });
    Ok(outcome.map(|authentication| evidence::of_authentication(&authentication)))
}

/// The line's metadata, signed in FIDO's name or in the lab's.
fn metadata(line: &Line, now: OffsetDateTime) -> Result<Option<Metadata>, String> {
    let Some(signed) = &line.metadata else { return Ok(None) };
    let roots = Anchors::parse(&signed.roots).map_err(|rejection| format!("metadata.roots: {rejection}"))?;
    let fidos = metadata::Trust::new(roots);
    let trusts = [fidos.clone(), fidos.named(METADATA_HOST)];
    Metadata::load_by_any(&signed.blob, &trusts, None, now)
        .map(Some)
        .map_err(|rejection| format!("metadata.blob: {rejection}"))
}

fn attestation_types(line: &Line) -> Result<Option<Vec<AttestationType>>, String> {
    if line.allow_attestation_types.is_empty() {
        return Ok(None);
    }
    let types = line.allow_attestation_types.iter().map(|name| {
        // The specification writes them with capitals, everybody else without.
        serde_json::from_value(Value::String(name.to_ascii_lowercase()))
            .map_err(|_error| format!("allow_attestation_types: {name:?} is none of none, self, basic, attca, anonca"))
    });
    types.collect::<Result<_, _>>().map(Some)
}
