//! authenticatorLargeBlobs (CTAP 2.3 6.10).

#[cfg(test)]
mod tests;

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::large_blobs::{FRAGMENT_OVERHEAD, INITIAL, Request, Response, is_sealed};
use assay_protocol::ctap2::{CommandError, Status};

use crate::authenticator::{Authenticator, Continuation, refuse};
use crate::state::{Change, Secret};

/// Every authenticator has room for that many bytes.
const LEAST_CAPACITY: u64 = 1024;

/// An array that is being written.
pub(crate) struct Writing {
    expected_length: u64,
    bytes: Vec<u8>,
}

impl Authenticator {
    pub(crate) fn large_blobs(
        &mut self,
        request: Request,
        continuation: Option<Continuation>,
    ) -> Result<Response, CommandError> {
        // §6.10.2 steps 1 and 2
        let Some(offset) = request.offset else {
            return refuse(Status::INVALID_PARAMETER, "offset is missing");
        };
        match (request.get, &request.set) {
            (Some(length), None) => self.read_blobs(&request, length, offset),
            (None, Some(_)) => {
                let writing = match continuation {
                    Some(Continuation::Writing(writing)) => Some(writing),
                    _ => None,
                };
                self.write_blobs(request, offset, writing)
            }
            _ => refuse(Status::INVALID_PARAMETER, "get and set, or neither"),
        }
    }

    fn longest_fragment(&self) -> u64 {
        u64::from(self.config.limits.message).saturating_sub(FRAGMENT_OVERHEAD)
    }

    fn read_blobs(&self, request: &Request, length: u64, offset: u64) -> Result<Response, CommandError> {
        // steps 3 and 4
        if request.length.is_some() || request.pin_uv_auth_param.is_some() || request.pin_uv_auth_protocol.is_some() {
            return refuse(Status::INVALID_PARAMETER, "get with what belongs to set");
        }
        // step 5
        if length > self.longest_fragment() {
            return refuse(Status::INVALID_LENGTH, "get is longer than a fragment");
        }
        // steps 6 and 7
        let stored = &self.state.large_blobs.0;
        let rest = usize::try_from(offset).ok().and_then(|offset| stored.get(offset..));
        let Some(rest) = rest else {
            return refuse(Status::INVALID_PARAMETER, "offset is past the end");
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        Ok(Response { config: Some(rest.iter().copied().take(length).collect()) })
    }

    fn write_blobs(
        &mut self,
        request: Request,
        offset: u64,
        writing: Option<Writing>,
    ) -> Result<Response, CommandError> {
        let fragment = request.set.unwrap_or_default();
        // step 3
        if length(&fragment) > self.longest_fragment() {
            return refuse(Status::INVALID_LENGTH, "set is longer than a fragment");
        }
        // step 4
        let mut writing = match (offset, request.length) {
            (0, None) => return refuse(Status::INVALID_PARAMETER, "length is missing"),
            (0, Some(whole)) => {
                let capacity = self.config.management.large_blobs.map_or(0, u64::from);
                if whole > LEAST_CAPACITY && whole > capacity {
                    return refuse(Status::LARGE_BLOB_STORAGE_FULL, "length is more than there is room for");
                }
                if whole < length(&INITIAL) {
                    return refuse(Status::INVALID_PARAMETER, "length is less than that of nothing");
                }
                Writing { expected_length: whole, bytes: Vec::new() }
            }
            // step 5
            (_, Some(_)) => {
                self.session.continuation = writing.map(Continuation::Writing);
                return refuse(Status::INVALID_PARAMETER, "length after the first fragment");
            }
            (_, None) => match writing {
                Some(writing) => writing,
                None => return refuse(Status::INVALID_SEQ, "no first fragment"),
            },
        };
        // step 6
        if offset != length(&writing.bytes) {
            self.session.continuation = Some(Continuation::Writing(writing));
            return refuse(Status::INVALID_SEQ, "offset is not where the last fragment ended");
        }
        // step 7
        if self.is_protected() || self.always_uv() {
            let (param, protocol) =
                self.need_param(request.pin_uv_auth_param.as_deref(), request.pin_uv_auth_protocol)?;
            let message = Request::authenticated_message(u32::try_from(offset).unwrap_or(u32::MAX), &fragment);
            self.authorize(protocol, &message, param, permission::LBW)?;
        }
        // step 8
        if length(&writing.bytes).saturating_add(length(&fragment)) > writing.expected_length {
            return refuse(Status::INVALID_PARAMETER, "more than length");
        }
        // steps 9 to 11
        writing.bytes.extend(fragment);
        if length(&writing.bytes) < writing.expected_length {
            self.session.continuation = Some(Continuation::Writing(writing));
            return Ok(Response::default());
        }
        if !is_sealed(&writing.bytes) {
            return refuse(Status::INTEGRITY_FAILURE, "the hash at the end is not of the rest");
        }
        self.commit(vec![Change::LargeBlobs(Secret(writing.bytes))])?;
        Ok(Response::default())
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
