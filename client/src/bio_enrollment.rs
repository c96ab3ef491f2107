//! Fingers: enrolled, named, removed (CTAP 2.3 6.7).

use assay_protocol::ctap2::bio_enrollment::{
    Request, Response, SampleStatus, SubCommand, SubCommandParams, TemplateInfo,
};
use assay_protocol::ctap2::{Status, get_info};
use assay_protocol::pin_uv::Token;

use crate::authenticator::Authenticator;
use crate::error::{ClientError, Unfit};

/// The sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sensor {
    /// Is it swiped, and not touched?
    pub swiped: bool,
    /// The most samples that an enrollment takes.
    pub samples: u64,
    /// The longest name, in bytes, where it tells.
    pub name_length: Option<u64>,
}

/// A sample of a finger that is being enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// What became of it.
    pub status: SampleStatus,
    /// Good ones that are still wanted.
    pub remaining: u64,
}

/// Samples that a person would bear.
const MAX_SAMPLES: usize = 64;

/// How long the authenticator waits for each sample, in milliseconds.
const SAMPLE_TIMEOUT: u64 = 30_000;

/// Is there a sensor?
pub fn supported(info: &get_info::Response) -> Result<(), Unfit> {
    match info.option("bioEnroll").or(info.option("userVerificationMgmtPreview")) {
        Some(_) => Ok(()),
        None => Err(Unfit::BioEnrollment),
    }
}

/// §6.7.3: what the sensor is. It takes no token.
pub fn sensor(key: &mut Authenticator<'_>, info: &get_info::Response) -> Result<Sensor, ClientError> {
    let response = key.bio_enrollment(info, Request::new(SubCommand::GetFingerprintSensorInfo))?;
    Ok(Sensor {
        swiped: response.fingerprint_kind == Some(assay_protocol::ctap2::bio_enrollment::SWIPE_SENSOR),
        samples: need(response.max_capture_samples_required_for_enroll, "maxCaptureSamplesRequiredForEnroll")?,
        name_length: response.max_template_friendly_name,
    })
}

/// §6.7.6: the fingers that are enrolled. The token has the permission `be`, as in all of these.
pub fn list(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    token: &Token,
) -> Result<Vec<TemplateInfo>, ClientError> {
    match send(key, info, token, Request::new(SubCommand::EnumerateEnrollments)) {
        Ok(response) => Ok(response.template_infos.unwrap_or_default()),
        // §6.7.6: so it says that there is none.
        Err(error) if error.status() == Some(Status::INVALID_OPTION) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// §6.7.4: enrolls a finger, sample by sample, and gives its id. Whoever stops early leaves nothing behind.
pub fn enroll(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    token: &Token,
    watch: &mut dyn FnMut(Sample),
) -> Result<Vec<u8>, ClientError> {
    let patience = SubCommandParams { timeout_milliseconds: Some(SAMPLE_TIMEOUT), ..SubCommandParams::default() };
    let mut response = send(key, info, token, Request::new(SubCommand::EnrollBegin).with(patience.clone()))?;
    let template_id = need(response.template_id.take(), "templateId")?;
    for _ in 0..MAX_SAMPLES {
        let sample = Sample {
            status: need(response.last_enroll_sample_status, "lastEnrollSampleStatus")?,
            remaining: need(response.remaining_samples, "remainingSamples")?,
        };
        watch(sample);
        if sample.remaining == 0 {
            return Ok(template_id);
        }
        let params = SubCommandParams { template_id: Some(template_id.clone()), ..patience.clone() };
        response = send(key, info, token, Request::new(SubCommand::EnrollCaptureNextSample).with(params))?;
    }
    key.bio_enrollment(info, Request::new(SubCommand::CancelCurrentEnrollment))?;
    Err(ClientError::Response(format!("no finger after {MAX_SAMPLES} samples")))
}

/// §6.7.7: names a finger.
pub fn rename(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    token: &Token,
    template_id: &[u8],
    name: &str,
) -> Result<(), ClientError> {
    let params = SubCommandParams {
        template_id: Some(template_id.to_vec()),
        template_friendly_name: Some(name.to_owned()),
        ..SubCommandParams::default()
    };
    send(key, info, token, Request::new(SubCommand::SetFriendlyName).with(params)).map(drop)
}

/// §6.7.8: forgets a finger.
pub fn remove(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    token: &Token,
    template_id: &[u8],
) -> Result<(), ClientError> {
    let params = SubCommandParams { template_id: Some(template_id.to_vec()), ..SubCommandParams::default() };
    send(key, info, token, Request::new(SubCommand::RemoveEnrollment).with(params)).map(drop)
}

fn send(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    token: &Token,
    request: Request,
) -> Result<Response, ClientError> {
    let param = token.authenticate(&request.authenticated_message());
    let protocol = token.protocol().number();
    key.bio_enrollment(
        info,
        Request { pin_uv_auth_protocol: Some(protocol), pin_uv_auth_param: Some(param), ..request },
    )
}

fn need<T>(member: Option<T>, name: &str) -> Result<T, ClientError> {
    member.ok_or_else(|| ClientError::Response(format!("authenticatorBioEnrollment gave no {name}")))
}
