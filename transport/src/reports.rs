//! What every transport is: reports out, reports in.

use std::time::Instant;

use crate::error::Error;

/// One HID report, either way, without a report id.
pub type Report = [u8; assay_protocol::ctaphid::REPORT];

/// One end of a line that carries reports in order.
pub trait Reports: Send {
    /// Hands over one report, at the latest by `deadline`.
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error>;

    /// Waits for one report, at the latest until `deadline`; a deadline that has passed still takes
    /// what is there already.
    fn receive(&mut self, deadline: Instant) -> Result<Report, Error>;
}

impl<R: Reports + ?Sized> Reports for Box<R> {
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error> {
        (**self).send(report, deadline)
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        (**self).receive(deadline)
    }
}
