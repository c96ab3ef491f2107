//! `assay coverage`.

use anyhow::Result;

use super::Place;
use crate::output::Exit;

pub(super) fn run(_here: &Place) -> Result<Exit> {
    anyhow::bail!("in work")
}
