//! `requirements`: what a request for options may settle for its ceremony alone.
//!
//! Anybody may ask for more than the server demands. Who asks for less, such as a ceremony in a
//! foreign frame, must be a client of the tenant.

use std::time::Duration;

use assay_attestation::AttestationType;
use assay_relying_party::extensions::ExtensionPolicy;
use assay_relying_party::registration::{Expectations, Mediation};
use assay_relying_party::{BackupPolicy, Payment};

use super::{Frames, Party};
use crate::config::Config;
use crate::error::Error;
use crate::http::json::Object;

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Requirements {
    /// The attestation types and backup flags that are accepted.
    pub(super) expectations: Expectations,
    /// The algorithms to offer.
    pub(super) algorithms: Vec<i64>,
    /// The frames that are expected.
    pub(super) frames: Frames,
    /// How the ceremony is started.
    pub(super) mediation: Mediation,
    /// What is wanted of extensions' outputs.
    pub(super) extension_policy: ExtensionPolicy,
    /// The payment to confirm.
    pub(super) payment: Option<Payment>,
    /// How long the challenge waits for its answer.
    pub(super) lifetime: Duration,
}

impl Requirements {
    /// The lifetime as options tell it to the client, in milliseconds.
    pub(super) fn timeout(&self) -> u64 {
        u64::try_from(self.lifetime.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Reads the member `requirements` of a request for options.
pub(super) fn read(body: &Object, party: &Party, config: &Config) -> Result<Requirements, Error> {
    let lifetime = config.challenge_lifetime;
    let mut requirements = Requirements {
        expectations: Expectations::default(),
        algorithms: config.algorithms.clone(),
        frames: Frames::default(),
        mediation: Mediation::Optional,
        extension_policy: ExtensionPolicy::default(),
        payment: None,
        lifetime,
    };
    let Some(asked) = body.object("requirements")? else {
        return Ok(requirements);
    };
    let tightening =
        ["attestation_types", "algorithms", "backup", "challenge_ms", "unsolicited_extensions", "min_pin_length"];
    let loosening = ["cross_origin", "top_origins", "mediation", "payment"];
    asked.only(&[&tightening[..], &loosening[..]].concat())?;

    if let Some(names) = asked.texts("attestation_types")? {
        let types = names.iter().map(|name| attestation_type(name)).collect::<Result<Vec<_>, _>>()?;
        requirements.expectations.attestation_types = Some(types);
    }
    if let Some(wanted) = asked.integers("algorithms")? {
        let known = &config.algorithms;
        if let Some(unknown) = wanted.iter().find(|alg| !known.contains(alg)) {
            return Err(Error::InvalidRequest(format!("requirements.algorithms has {unknown}, not one of {known:?}")));
        }
        if wanted.is_empty() {
            return Err(Error::InvalidRequest("requirements.algorithms is empty".to_owned()));
        }
        requirements.algorithms = wanted;
    }
    requirements.expectations.backup = asked.word("backup", &BACKUP)?.unwrap_or_default();

    if let Some(wanted) = asked.integer("challenge_ms")? {
        let shorter = u64::try_from(wanted).ok().map(Duration::from_millis).filter(|wanted| *wanted <= lifetime);
        requirements.lifetime = shorter.filter(|wanted| !wanted.is_zero()).ok_or_else(|| {
            let longest = lifetime.as_millis();
            Error::InvalidRequest(format!("requirements.challenge_ms is {wanted}, not between 1 and {longest}"))
        })?;
    }

    requirements.extension_policy.refuse_unsolicited =
        asked.word("unsolicited_extensions", &UNSOLICITED)?.unwrap_or_default();
    if let Some(wanted) = asked.integer("min_pin_length")? {
        // CTAP 2.3 6.5.1: a PIN has 4 to 63 code points.
        let length = u64::try_from(wanted).ok().filter(|length| (4..=63).contains(length));
        requirements.extension_policy.min_pin_length = Some(length.ok_or_else(|| {
            Error::InvalidRequest(format!("requirements.min_pin_length is {wanted}, not between 4 and 63"))
        })?);
    }

    if let Some(name) = loosening.into_iter().find(|name| asked.get(name).is_some())
        && party.client.is_none()
    {
        return Err(Error::Forbidden(format!(
            "requirements.{name} loosens the ceremony: send the tenant's Basic credentials"
        )));
    }
    requirements.frames = Frames {
        cross_origin: asked.boolean("cross_origin")?.unwrap_or(false),
        top_origins: asked.texts("top_origins")?.unwrap_or_default(),
    };
    requirements.mediation = asked.word("mediation", &MEDIATION)?.unwrap_or_default();
    requirements.payment = asked.object("payment")?.map(|payment| self::payment(&payment)).transpose()?;
    Ok(requirements)
}

/// The payment that the user is to confirm.
fn payment(asked: &Object) -> Result<Payment, Error> {
    asked.only(&["origins", "top_origins", "payee_name", "payee_origin", "total", "instrument"])?;
    let payment: Payment = serde_json::from_value(asked.to_value())
        .map_err(|error| Error::InvalidRequest(format!("requirements.payment: {error}")))?;
    if payment.payee_name.is_none() && payment.payee_origin.is_none() {
        return Err(Error::InvalidRequest("requirements.payment names no payee".to_owned()));
    }
    Ok(payment)
}

fn attestation_type(name: &str) -> Result<AttestationType, Error> {
    use AttestationType::{AnonCa, AttCa, Basic, None, SelfAttestation};
    let known = [None, SelfAttestation, Basic, AttCa, AnonCa];
    known.into_iter().find(|known| known.name() == name).ok_or_else(|| {
        let names = known.map(AttestationType::name).join(", ");
        Error::InvalidRequest(format!("requirements.attestation_types has {name:?}, not one of {names}"))
    })
}

const BACKUP: [(&str, BackupPolicy); 4] = [
    ("any", BackupPolicy::Any),
    ("device_bound", BackupPolicy::DeviceBound),
    ("eligible", BackupPolicy::Eligible),
    ("backed_up", BackupPolicy::BackedUp),
];

const UNSOLICITED: [(&str, bool); 2] = [("accept", false), ("refuse", true)];

pub(super) const MEDIATION: [(&str, Mediation); 2] =
    [("optional", Mediation::Optional), ("conditional", Mediation::Conditional)];
