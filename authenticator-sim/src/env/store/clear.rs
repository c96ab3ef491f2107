//! State files of the time before they were sealed: the whole in the first line, and a line for all that a command
//! changed after that. They are read and never written.

use super::Damage;
use crate::state::{Change, FormatOne, State};

/// The bytes of a file that are whole lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    /// Of the first lines, which say the whole.
    pub(super) whole: u64,
    /// Of the others.
    pub(super) changes: u64,
}

/// What such a file says.
pub(super) fn read(text: &[u8]) -> Result<State, Damage> {
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    let mut state: State = match serde_json::from_slice(lines.next().unwrap_or_default()) {
        Ok(state) => state,
        Err(error) => {
            let old: FormatOne = serde_json::from_slice(text).map_err(|_neither| Damage::Content(error))?;
            if old.format != FormatOne::FORMAT {
                return Err(Damage::Form(old.format));
            }
            return Ok(old.into());
        }
    };
    known(state.format)?;
    // A line that was never finished was never acknowledged.
    for line in lines.filter(|line| line.ends_with(b"\n")) {
        let changes: Vec<Change> = serde_json::from_slice(line).map_err(Damage::Content)?;
        changes.into_iter().for_each(|change| state.apply(change));
    }
    Ok(state)
}

/// Is the form of the state that of now?
pub(super) fn known(format: u32) -> Result<(), Damage> {
    if format == State::FORMAT { Ok(()) } else { Err(Damage::Form(format)) }
}

pub(super) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
