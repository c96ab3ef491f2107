//! One authenticator, reached and typed: CTAP2 commands over a channel.

use std::time::Instant;

use assay_protocol::ctap2::{
    Command, ReplyError, bio_enrollment, client_pin, config, credential_management, get_assertion, get_info,
    large_blobs, make_credential, reply,
};
use assay_protocol::ctaphid::KeepAlive;
use assay_transport::{Cancel, Channel};

use crate::error::ClientError;
use crate::random::Random;
use crate::user::User;

/// An authenticator for the length of one ceremony.
pub struct Authenticator<'c> {
    /// Where its messages go.
    pub channel: &'c mut Channel,
    /// Who is asked.
    pub user: &'c mut dyn User,
    /// Where random bytes come from.
    pub random: &'c mut dyn Random,
    /// The caller's wish to stop.
    pub cancel: &'c Cancel,
    /// When all must be done.
    pub deadline: Instant,
}

impl Authenticator<'_> {
    /// authenticatorGetInfo.
    pub fn get_info(&mut self) -> Result<get_info::Response, ClientError> {
        self.call(&Command::GetInfo, get_info::Response::parse)
    }

    /// authenticatorMakeCredential.
    pub fn make_credential(
        &mut self,
        request: make_credential::Request,
    ) -> Result<make_credential::Response, ClientError> {
        self.call(&Command::MakeCredential(request), make_credential::Response::parse)
    }

    /// authenticatorGetAssertion.
    pub fn get_assertion(&mut self, request: get_assertion::Request) -> Result<get_assertion::Response, ClientError> {
        self.call(&Command::GetAssertion(request), get_assertion::Response::parse)
    }

    /// authenticatorGetNextAssertion.
    pub fn get_next_assertion(&mut self) -> Result<get_assertion::Response, ClientError> {
        self.call(&Command::GetNextAssertion, get_assertion::Response::parse)
    }

    /// authenticatorClientPIN.
    pub fn client_pin(&mut self, request: client_pin::Request) -> Result<client_pin::Response, ClientError> {
        self.call(&Command::ClientPin(request), client_pin::Response::parse)
    }

    /// authenticatorSelection.
    pub fn selection(&mut self) -> Result<(), ClientError> {
        self.call(&Command::Selection, |_| Ok::<(), ReplyError>(()))
    }

    /// authenticatorReset.
    pub fn reset(&mut self) -> Result<(), ClientError> {
        self.call(&Command::Reset, |_| Ok::<(), ReplyError>(()))
    }

    /// authenticatorCredentialManagement; its prototype where the authenticator has nothing else.
    pub fn credential_management(
        &mut self,
        info: &get_info::Response,
        request: credential_management::Request,
    ) -> Result<credential_management::Response, ClientError> {
        let command = match info.option("credMgmt") {
            Some(true) => Command::CredentialManagement(request),
            _ => Command::CredentialManagementPreview(request),
        };
        self.call(&command, credential_management::Response::parse)
    }

    /// authenticatorBioEnrollment; its prototype where the authenticator has nothing else.
    pub fn bio_enrollment(
        &mut self,
        info: &get_info::Response,
        request: bio_enrollment::Request,
    ) -> Result<bio_enrollment::Response, ClientError> {
        let command = match info.option("bioEnroll") {
            Some(_) => Command::BioEnrollment(request),
            None => Command::BioEnrollmentPreview(request),
        };
        self.call(&command, bio_enrollment::Response::parse)
    }

    /// authenticatorLargeBlobs.
    pub fn large_blobs(&mut self, request: large_blobs::Request) -> Result<large_blobs::Response, ClientError> {
        self.call(&Command::LargeBlobs(request), large_blobs::Response::parse)
    }

    /// authenticatorConfig.
    pub fn config(&mut self, request: config::Request) -> Result<(), ClientError> {
        self.call(&Command::Config(request), |_| Ok::<(), ReplyError>(()))
    }

    /// Random bytes.
    pub(crate) fn random<const N: usize>(&mut self) -> Result<[u8; N], ClientError> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn call<T, E: Into<ReplyError>>(
        &mut self,
        command: &Command,
        parse: impl FnOnce(&[u8]) -> Result<T, E>,
    ) -> Result<T, ClientError> {
        let user = &mut *self.user;
        let mut keep_alive = |status| {
            if status == KeepAlive::UPNEEDED {
                user.presence_needed();
            }
        };
        let bytes = self.channel.cbor(&command.to_bytes(), self.deadline, self.cancel, &mut keep_alive)?;
        let failed = |error| ClientError::Authenticator { command: command.to_string(), error };
        let body = reply::open(&bytes).map_err(failed)?;
        parse(body).map_err(|error| failed(error.into()))
    }
}
