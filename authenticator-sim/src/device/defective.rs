//! Where a device with defects strays from the machine: in how it reads a report, in what it then
//! does instead, and in how it echoes.

use std::time::Duration;

use assay_protocol::ctaphid::{Assembler, BROADCAST, Command, ErrorCode, Frame, MAX_MESSAGE, Message, RESERVED, frame};

use super::{Action, Device, error, message};
use crate::defect::Defect;

/// The command byte's place in a report that begins a message; continuations have their number there.
const NUMBER: usize = 4;

impl Device {
    pub(super) fn has(&self, defect: Defect) -> bool {
        self.defects.contains(&defect)
    }

    /// The report as the device reads it.
    pub(super) fn read(&self, mut frame: Frame) -> Frame {
        if self.defects.is_empty() {
            return frame;
        }
        match (&mut frame, &self.assembler) {
            (Frame::Init { len, data, .. }, _) => {
                let fills = |len: usize| len.saturating_sub(frame::INIT_DATA).is_multiple_of(frame::CONT_DATA);
                let length = usize::from(*len);
                let padded = data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                if self.has(Defect::HidLength) && length > MAX_MESSAGE {
                    *len = u16::try_from(MAX_MESSAGE).unwrap_or(u16::MAX);
                }
                if self.has(Defect::HidLengthHigh) {
                    *len &= 0x00ff;
                }
                if self.has(Defect::HidPadding) && length < padded {
                    *len = u16::try_from(padded).unwrap_or(u16::MAX);
                }
                if self.has(Defect::HidFullReport) && length == frame::INIT_DATA {
                    *len = len.saturating_add(1);
                }
                if self.has(Defect::HidFullContinuation) && length > frame::INIT_DATA && fills(length) {
                    *len = len.saturating_add(1);
                }
            }
            (Frame::Cont { seq, .. }, Assembler::Partial { next, .. }) if self.has(Defect::HidSequence) => *seq = *next,
            (Frame::Cont { .. }, _) => {}
        }
        frame
    }

    /// What it does instead of what it should, if it does.
    pub(super) fn misbehave(&mut self, frame: &Frame, now: Duration) -> Option<Vec<Action>> {
        if self.defects.is_empty() || self.is_working() {
            return None;
        }
        let owner = match &self.assembler {
            Assembler::Partial { cid, .. } => Some(*cid),
            Assembler::Idle => None,
        };
        let stray = self.has(Defect::HidStrayContinuation);
        match (frame, owner) {
            (Frame::Cont { cid, .. }, None) if stray => Some(error(*cid, ErrorCode::INVALID_SEQ)),
            (Frame::Init { cid, cmd, len, data }, None)
                if self.may_speak(*cid, *cmd) && *cmd != Command::INIT && matches!(*cid, RESERVED | BROADCAST) =>
            {
                let payload = data.get(..usize::from(*len)).unwrap_or_default().to_vec();
                Some(self.execute(Message { cid: *cid, cmd: *cmd, payload }, now))
            }
            (Frame::Init { cid, cmd, .. }, Some(owner)) => self.interrupted(*cid, *cmd, owner),
            _ => None,
        }
    }

    /// A message begins in the middle of another.
    fn interrupted(&mut self, cid: u32, cmd: Command, owner: u32) -> Option<Vec<Action>> {
        let forgets = match (cmd, cid == owner) {
            (Command::CANCEL, _) => false,
            (Command::INIT, true) => self.has(Defect::HidInitAborts),
            (Command::INIT, false) => self.has(Defect::HidInitUndisturbing),
            (_, true) => self.has(Defect::HidNotContinued),
            (_, false) => self.has(Defect::HidBusy) || self.has(Defect::HidBusyKept),
        };
        if forgets {
            self.assembler = Assembler::Idle;
        }
        match (forgets, cmd, cid == owner) {
            (true, Command::INIT, true) => Some(error(cid, ErrorCode::INVALID_SEQ)),
            (true, _, false) if self.has(Defect::HidBusyKept) => Some(error(cid, ErrorCode::CHANNEL_BUSY)),
            _ => None,
        }
    }

    /// The answer to PING.
    pub(super) fn echo(&self, cid: u32, mut payload: Vec<u8>) -> Vec<Action> {
        if self.has(Defect::HidPing) {
            payload.clear();
        }
        if self.has(Defect::HidPingContinued) {
            payload.iter_mut().skip(frame::INIT_DATA).for_each(|byte| *byte = !*byte);
        }
        let mut echo = message(cid, Command::PING, &payload);
        if self.has(Defect::HidSequenceWrap) {
            for action in echo.iter_mut().skip(1) {
                if let Action::Send(report) = action
                    && let Some(number) = report.get_mut(NUMBER)
                {
                    *number &= 0x0f;
                }
            }
        }
        echo
    }
}
