//! authenticatorBioEnrollment (CTAP 2.3 6.7).

#[cfg(test)]
mod tests;

use assay_protocol::ctap2::bio_enrollment::{
    FINGERPRINT, Request, Response, SWIPE_SENSOR, SampleStatus, SubCommand, SubCommandParams, TOUCH_SENSOR,
    TemplateInfo,
};
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::{CommandError, Params, Status};

use crate::authenticator::{Authenticator, refuse};
use crate::config::BioConfig;
use crate::credential::random;
use crate::defect::Defect;
use crate::env::{Prompt, Purpose, Scan};
use crate::operation::Operation;
use crate::state::{Secret, Template};

/// Bytes of a template's id.
const ID_LENGTH: usize = 8;

/// A finger that is half enrolled.
pub(crate) struct Enrollment {
    template_id: Secret,
    /// The finger of the samples, once there is one.
    finger: Option<u64>,
    remaining: u8,
}

impl Authenticator {
    pub(crate) fn bio_enrollment(
        &mut self,
        request: &Request,
        operation: &Operation,
    ) -> Result<Response, CommandError> {
        let Some(bio) = self.config.bio().cloned() else {
            return refuse(Status::INVALID_COMMAND, "no sensor");
        };
        match request.sub_command {
            None if request.get_modality == Some(true) => {
                let modality = if self.has(Defect::BioModality) { 2 } else { FINGERPRINT };
                Ok(Response { modality: Some(modality), ..Response::default() })
            }
            None => refuse(Status::MISSING_PARAMETER, "subCommand"),
            Some(SubCommand::GetFingerprintSensorInfo) => self.sensor_info(&bio, request),
            Some(SubCommand::CancelCurrentEnrollment)
                if self.session.enrollment.is_none() && self.has(Defect::BioCancelIdle) =>
            {
                refuse(Status::NOT_ALLOWED, "no enrolment is under way")
            }
            Some(SubCommand::CancelCurrentEnrollment) => {
                if !self.has(Defect::BioCancel) {
                    self.session.enrollment = None;
                }
                Ok(Response::default())
            }
            Some(SubCommand::EnrollBegin) => self.enroll_begin(&bio, request, operation),
            Some(SubCommand::EnrollCaptureNextSample) => self.enroll_capture_next_sample(&bio, request, operation),
            Some(SubCommand::EnumerateEnrollments) => self.enumerate_enrollments(request),
            Some(SubCommand::SetFriendlyName) => self.set_friendly_name(&bio, request),
            Some(SubCommand::RemoveEnrollment) => self.remove_enrollment(request),
        }
    }

    /// §6.7.4
    fn enroll_begin(
        &mut self,
        bio: &BioConfig,
        request: &Request,
        operation: &Operation,
    ) -> Result<Response, CommandError> {
        self.may_enroll(request)?;
        self.need_room(bio)?;
        self.session.enrollment = None;
        let template_id = random(ID_LENGTH, self.env.rng.as_mut());
        let mut enrollment = Enrollment { template_id: template_id.clone(), finger: None, remaining: bio.samples };
        let status = self.capture(&mut enrollment, operation)?;
        let remaining_samples = Some(enrollment.remaining.into());
        self.proceed(enrollment)?;
        Ok(Response {
            template_id: Some(template_id.0),
            last_enroll_sample_status: Some(status),
            remaining_samples,
            ..Response::default()
        })
    }

    fn enroll_capture_next_sample(
        &mut self,
        bio: &BioConfig,
        request: &Request,
        operation: &Operation,
    ) -> Result<Response, CommandError> {
        self.need_bio_param(request)?;
        let template_id = self.template_id(request)?;
        self.may_enroll(request)?;
        let taken = self.session.enrollment.take();
        if taken.is_none() && self.has(Defect::BioNothingBegun) {
            let (status, left) = (Some(SampleStatus::GOOD), Some(bio.samples.into()));
            return Ok(Response { last_enroll_sample_status: status, remaining_samples: left, ..Response::default() });
        }
        let is_it =
            |enrollment: &Enrollment| enrollment.template_id.0 == template_id || self.config.has(Defect::BioBegunAnew);
        let Some(mut enrollment) = taken.filter(is_it) else {
            return refuse(Status::INVALID_OPTION, "no such enrolment is under way");
        };
        self.need_room(bio)?;
        let status = self.capture(&mut enrollment, operation)?;
        let remaining_samples = Some(enrollment.remaining.into());
        self.proceed(enrollment)?;
        Ok(Response { last_enroll_sample_status: Some(status), remaining_samples, ..Response::default() })
    }

    /// §6.7.6
    fn enumerate_enrollments(&mut self, request: &Request) -> Result<Response, CommandError> {
        self.may_enroll(request)?;
        let templates = &self.state.device.templates;
        if templates.is_empty() && !self.has(Defect::BioNone) {
            return refuse(Status::INVALID_OPTION, "no finger is enrolled");
        }
        let shorter = usize::from(self.has(Defect::BioListed));
        let info = |template: &Template| TemplateInfo {
            template_id: template.id.0.iter().take(template.id.0.len() - shorter).copied().collect(),
            template_friendly_name: template.name.clone(),
        };
        Ok(Response { template_infos: Some(templates.iter().map(info).collect()), ..Response::default() })
    }

    /// §6.7.7
    fn set_friendly_name(&mut self, bio: &BioConfig, request: &Request) -> Result<Response, CommandError> {
        self.need_bio_param(request)?;
        let template_id = self.template_id(request)?;
        let name = params(request).and_then(|params| params.template_friendly_name.clone());
        let name = need(name.or(self.has(Defect::BioNeedsName).then(String::new)), "templateFriendlyName")?;
        if name.len() > usize::from(bio.name_length) && !self.has(Defect::BioNameLength) {
            return refuse(Status::INVALID_LENGTH, "longer than maxTemplateFriendlyName");
        }
        self.may_enroll(request)?;
        let (forgets, unknown) = (self.has(Defect::BioNamed), self.unknown_finger());
        let Some(template) = self.state.device.templates.iter_mut().find(|template| template.id.0 == template_id)
        else {
            return unknown;
        };
        if !forgets {
            template.name = Some(name);
        }
        self.save()?;
        Ok(Response::default())
    }

    /// §6.7.8
    fn remove_enrollment(&mut self, request: &Request) -> Result<Response, CommandError> {
        self.need_bio_param(request)?;
        let template_id = self.template_id(request)?;
        self.may_enroll(request)?;
        let (keeps, unknown) = (self.has(Defect::BioRemoved), self.unknown_finger());
        let templates = &mut self.state.device.templates;
        if !templates.iter().any(|template| template.id.0 == template_id) {
            return unknown;
        }
        templates.retain(|template| template.id.0 != template_id || keeps);
        self.save()?;
        Ok(Response::default())
    }

    /// §6.7, the steps that the authorized subcommands share.
    fn may_enroll(&mut self, request: &Request) -> Result<(), CommandError> {
        self.need_bio_param(request)?;
        if request.pin_uv_auth_param.is_none() {
            return Ok(());
        }
        let modality = need(request.modality, "modality")?;
        let (param, protocol) = self.need_param(request.pin_uv_auth_param.as_deref(), request.pin_uv_auth_protocol)?;
        if modality != FINGERPRINT && !self.has(Defect::BioModalityUnknown) {
            return refuse(Status::INVALID_PARAMETER, "modality");
        }
        self.authorize(protocol, &request.authenticated_message(), param, permission::BE)?;
        Ok(())
    }

    /// §6.7.3
    fn sensor_info(&self, bio: &BioConfig, request: &Request) -> Result<Response, CommandError> {
        let kind = if bio.swiped { SWIPE_SENSOR } else { TOUCH_SENSOR };
        match request.modality {
            None => refuse(Status::MISSING_PARAMETER, "modality"),
            Some(FINGERPRINT) => Ok(Response {
                modality: Some(FINGERPRINT),
                fingerprint_kind: Some(if self.has(Defect::BioSensorInfo) { 3 } else { kind }),
                max_capture_samples_required_for_enroll: Some(bio.samples.into()),
                max_template_friendly_name: Some(bio.name_length.into()),
                ..Response::default()
            }),
            Some(_) => refuse(Status::INVALID_PARAMETER, "modality"),
        }
    }

    /// Step 1 comes before everything else.
    fn need_bio_param(&self, request: &Request) -> Result<(), CommandError> {
        match request.pin_uv_auth_param {
            None if !self.has(Defect::BioParamMissing) => refuse(Status::PUAT_REQUIRED, "pinUvAuthParam"),
            _ => Ok(()),
        }
    }

    fn template_id(&self, request: &Request) -> Result<Vec<u8>, CommandError> {
        let template_id = params(request).and_then(|params| params.template_id.clone());
        need(template_id.or(self.has(Defect::BioNeedsTemplate).then(Vec::new)), "templateId")
    }

    fn unknown_finger(&self) -> Result<Response, CommandError> {
        if self.has(Defect::BioUnknown) {
            return Ok(Response::default());
        }
        refuse(Status::INVALID_OPTION, "no such finger is enrolled")
    }

    fn need_room(&self, bio: &BioConfig) -> Result<(), CommandError> {
        if self.state.device.templates.len() < bio.templates {
            Ok(())
        } else {
            refuse(Status::FP_DATABASE_FULL, "no room for another finger")
        }
    }

    /// Takes one sample; a bad one leaves the enrolment as it was.
    fn capture(&mut self, enrollment: &mut Enrollment, operation: &Operation) -> Result<SampleStatus, CommandError> {
        let prompt = Prompt { purpose: Purpose::Enroll, rp_id: None, account: None };
        let finger = match self.look(&prompt, operation) {
            Scan::Finger(finger) => finger,
            Scan::Bad(status) => return Ok(status),
            Scan::TimedOut => return Ok(SampleStatus::NO_USER_ACTIVITY),
            Scan::Denied => return refuse(Status::OPERATION_DENIED, "declined"),
            Scan::Cancelled => return refuse(Status::KEEPALIVE_CANCEL, "cancelled"),
        };
        if self.state.device.templates.iter().any(|template| template.finger == finger) {
            return Ok(SampleStatus::EXISTS);
        }
        if *enrollment.finger.get_or_insert(finger) != finger {
            return Ok(SampleStatus::MERGE_FAILURE);
        }
        if !self.has(Defect::BioRemaining) {
            enrollment.remaining = enrollment.remaining.saturating_sub(1);
        }
        Ok(SampleStatus::GOOD)
    }

    /// Stores the template after its last sample, and waits for the next one before.
    fn proceed(&mut self, enrollment: Enrollment) -> Result<(), CommandError> {
        match enrollment.finger.filter(|_| enrollment.remaining == 0) {
            Some(_) if self.has(Defect::BioEnrolled) => Ok(()),
            Some(finger) => {
                self.state.device.templates.push(Template { id: enrollment.template_id, name: None, finger });
                self.save()
            }
            None => {
                self.session.enrollment = Some(enrollment);
                Ok(())
            }
        }
    }
}

fn params(request: &Request) -> Option<&SubCommandParams> {
    request.params.as_ref().map(Params::value)
}

fn need<T>(member: Option<T>, name: &str) -> Result<T, CommandError> {
    member.ok_or_else(|| CommandError::new(Status::MISSING_PARAMETER, name))
}
