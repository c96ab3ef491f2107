//! What a proxy does to commands on their way to the key.

#[cfg(test)]
mod tests;

use std::time::Duration;

use assay_protocol::ctap2::{Status, command};
use assay_protocol::ctaphid::{Command, Frame, split};
use assay_transport::Report;

/// One thing that is done to one CTAP2 command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    command: u8,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Refuse(Status),
    Delay(Duration),
}

impl Rule {
    /// Reads `COMMAND=STATUS`.
    pub(super) fn refusal(text: &str) -> Result<Self, String> {
        let (command, status) = parts(text)?;
        let found = (1..=u8::MAX).map(Status).find(|known| known.name() == status);
        let status = found.ok_or_else(|| format!("{status:?} is no status of CTAP2, such as OPERATION_DENIED"))?;
        Ok(Self { command, what: What::Refuse(status) })
    }

    /// Reads `COMMAND=MILLISECONDS`.
    pub(super) fn delay(text: &str) -> Result<Self, String> {
        let (command, time) = parts(text)?;
        let milliseconds = time.parse().map_err(|_| format!("{time:?} are no milliseconds"))?;
        Ok(Self { command, what: What::Delay(Duration::from_millis(milliseconds)) })
    }
}

fn parts(text: &str) -> Result<(u8, &str), String> {
    let (name, value) = text.split_once('=').ok_or("COMMAND=..., such as GetAssertion=...")?;
    let byte = (0..=u8::MAX).find(|byte| command::name(*byte) == Some(name));
    let byte = byte.ok_or_else(|| {
        let known: Vec<&str> = (0..=u8::MAX).filter_map(command::name).collect();
        format!("{name:?} is no command: {}", known.join(", "))
    })?;
    Ok((byte, value))
}

/// What becomes of a report of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// It goes on to the key.
    Pass,
    /// It goes on after this time.
    Wait(Duration),
    /// It ends here; more of its message is to come.
    Keep,
    /// It ends here, and these are the answer.
    Answer(Vec<Report>),
}

/// Rules, and the message that is being kept from the key.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    rules: Vec<Rule>,
    kept: Option<Kept>,
}

#[derive(Debug, Clone)]
struct Kept {
    cid: u32,
    left: usize,
    status: Status,
}

impl Gate {
    pub(super) fn new(rules: Vec<Rule>) -> Self {
        Self { rules, kept: None }
    }

    /// Takes in the host's next report.
    pub(super) fn take(&mut self, report: &Report) -> Step {
        match Frame::parse(report) {
            Frame::Init { cid, cmd: Command::CBOR, len, data } => {
                // Whatever was kept is not continued.
                self.kept = None;
                let [command, ..] = data;
                let rule = self.rules.iter().find(|rule| len > 0 && rule.command == command);
                match rule.map(|rule| &rule.what) {
                    None => Step::Pass,
                    Some(What::Delay(time)) => Step::Wait(*time),
                    Some(What::Refuse(status)) => {
                        let left = usize::from(len).saturating_sub(data.len());
                        self.keep(Kept { cid, left, status: *status })
                    }
                }
            }
            Frame::Init { .. } => {
                self.kept = None;
                Step::Pass
            }
            Frame::Cont { cid, data, .. } => match self.kept.take() {
                Some(kept) if kept.cid == cid => {
                    let left = kept.left.saturating_sub(data.len());
                    self.keep(Kept { left, ..kept })
                }
                kept => {
                    self.kept = kept;
                    Step::Pass
                }
            },
        }
    }

    fn keep(&mut self, kept: Kept) -> Step {
        if kept.left > 0 {
            self.kept = Some(kept);
            return Step::Keep;
        }
        // One byte fits into any message.
        Step::Answer(split(kept.cid, Command::CBOR, &[kept.status.0]).unwrap_or_default())
    }
}
