//! authenticatorLargeBlobs (CTAP 2.3 6.10).

#[cfg(test)]
mod tests;

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::large_blobs::{FRAGMENT_OVERHEAD, INITIAL, Request, Response, is_sealed};
use assay_protocol::ctap2::{CommandError, Status};

use crate::authenticator::{Authenticator, Continuation, refuse};
use crate::defect::Defect;
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
        let Some(offset) = request.offset.or(self.has(Defect::LbNeedsOffset).then_some(0)) else {
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
            (Some(length), Some(_)) if self.has(Defect::LbBoth) => {
                self.read_blobs(&Request { length: None, ..request }, length, offset)
            }
            (None, None) if self.has(Defect::LbNeither) => Ok(Response::default()),
            _ => refuse(Status::INVALID_PARAMETER, "get and set, or neither"),
        }
    }

    fn longest_fragment(&self) -> u64 {
        u64::from(self.config.limits.message).saturating_sub(FRAGMENT_OVERHEAD)
    }

    fn read_blobs(&self, request: &Request, length: u64, offset: u64) -> Result<Response, CommandError> {
        // steps 3 and 4
        let authorized = request.pin_uv_auth_param.is_some() || request.pin_uv_auth_protocol.is_some();
        let length_given = request.length.is_some() && !self.has(Defect::LbGetLength);
        if length_given || (authorized && !self.has(Defect::LbGetParam)) {
            return refuse(Status::INVALID_PARAMETER, "get with what belongs to set");
        }
        // step 5
        if length > self.longest_fragment() && !self.has(Defect::LbGetTooLong) {
            return refuse(Status::INVALID_LENGTH, "get is longer than a fragment");
        }
        // steps 6 and 7
        let stored = self.state.large_blobs.0.as_slice();
        let stored = if self.has(Defect::LbInitial) && *stored == INITIAL { &[] } else { stored };
        let rest = usize::try_from(offset).ok().and_then(|offset| stored.get(offset..));
        let rest = rest.or(self.has(Defect::LbBeyondTheEnd).then_some(&[]));
        let Some(rest) = rest.filter(|rest| !rest.is_empty() || !self.has(Defect::LbAtTheEnd)) else {
            return refuse(Status::INVALID_PARAMETER, "offset is past the end");
        };
        let rest = if self.has(Defect::LbOffset) && !rest.is_empty() { stored } else { rest };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > rest.len() && !rest.is_empty() && self.has(Defect::LbPastTheEnd) {
            return refuse(Status::INVALID_PARAMETER, "get is past the end");
        }
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
        if length(&fragment) > self.longest_fragment() && !self.has(Defect::LbSetTooLong) {
            return refuse(Status::INVALID_LENGTH, "set is longer than a fragment");
        }
        // step 4
        let mut writing = match (offset, request.length) {
            (0, None) if !self.has(Defect::LbNeedsLength) => {
                return refuse(Status::INVALID_PARAMETER, "length is missing");
            }
            (0, _) if writing.is_some() && self.has(Defect::LbBegunAnew) => {
                return refuse(Status::INVALID_SEQ, "another array was begun");
            }
            (0, whole) => {
                let whole = whole.unwrap_or(length(&fragment));
                let capacity = self.config.management.large_blobs.map_or(0, u64::from);
                let capacity = if self.has(Defect::LbCapacity) { capacity.saturating_sub(1) } else { capacity };
                if whole > LEAST_CAPACITY && whole > capacity && !self.has(Defect::LbStorageFull) {
                    return refuse(Status::LARGE_BLOB_STORAGE_FULL, "length is more than there is room for");
                }
                if whole < length(&INITIAL) && !self.has(Defect::LbTooShort) {
                    return refuse(Status::INVALID_PARAMETER, "length is less than that of nothing");
                }
                Writing { expected_length: whole, bytes: Vec::new() }
            }
            // step 5
            (_, Some(_)) if !self.has(Defect::LbLengthAgain) => {
                self.session.continuation = writing.map(Continuation::Writing);
                return refuse(Status::INVALID_PARAMETER, "length after the first fragment");
            }
            (_, _) => match writing {
                Some(writing) => writing,
                None if self.has(Defect::LbNoFirst) => return Ok(Response::default()),
                None => return refuse(Status::INVALID_SEQ, "no first fragment"),
            },
        };
        // step 6
        if offset != length(&writing.bytes) && !self.has(Defect::LbSequence) {
            self.session.continuation = Some(Continuation::Writing(writing));
            return refuse(Status::INVALID_SEQ, "offset is not where the last fragment ended");
        }
        // step 7
        let protected = self.is_protected() || (self.always_uv() && !self.has(Defect::LbAlwaysUv));
        let wanted = protected || self.has(Defect::LbNeedsToken);
        let unguarded = request.pin_uv_auth_param.is_none() && self.has(Defect::LbParamMissing);
        if wanted && !unguarded {
            let (param, protocol) =
                self.need_param(request.pin_uv_auth_param.as_deref(), request.pin_uv_auth_protocol)?;
            let message = Request::authenticated_message(u32::try_from(offset).unwrap_or(u32::MAX), &fragment);
            let mut authorized = self.authorize(protocol, &message, param, permission::LBW);
            if authorized.is_err() && self.has(Defect::LbTokenOffset) {
                let message = Request::authenticated_message(0, &fragment);
                authorized = self.authorize(protocol, &message, param, permission::LBW);
            }
            let ticket = authorized?;
            let bound = self.session.token(ticket.protocol).and_then(|token| token.rp_id().map(str::to_owned));
            if bound.is_some() && self.has(Defect::LbTokenRp) {
                return refuse(Status::PIN_AUTH_INVALID, "the token is one RP's");
            }
            if self.has(Defect::LbTokenOnce) {
                self.reset_tokens();
            }
        }
        // step 8
        if length(&writing.bytes).saturating_add(length(&fragment)) > writing.expected_length
            && !self.has(Defect::LbOverflow)
        {
            return refuse(Status::INVALID_PARAMETER, "more than length");
        }
        // steps 9 to 11
        let last = fragment.clone();
        writing.bytes.extend(fragment);
        if length(&writing.bytes) < writing.expected_length {
            if self.has(Defect::LbAtomic) {
                self.commit(vec![Change::LargeBlobs(Secret(writing.bytes.clone()))])?;
            }
            self.session.continuation = Some(Continuation::Writing(writing));
            return Ok(Response::default());
        }
        let looked_at = if self.has(Defect::LbFragments) { &last } else { &writing.bytes };
        if !is_sealed(looked_at) && !self.has(Defect::LbIntegrity) {
            if self.has(Defect::LbIntegrityLost) {
                self.commit(vec![Change::LargeBlobs(Secret(INITIAL.to_vec()))])?;
            }
            return refuse(Status::INTEGRITY_FAILURE, "the hash at the end is not of the rest");
        }
        if self.has(Defect::LbWrite) {
            return Ok(Response::default());
        }
        let mut bytes = writing.bytes;
        if self.has(Defect::LbAppended) && self.state.large_blobs.0 != INITIAL {
            bytes = [self.state.large_blobs.0.clone(), bytes].concat();
        }
        self.commit(vec![Change::LargeBlobs(Secret(bytes))])?;
        Ok(Response::default())
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
