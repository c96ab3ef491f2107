//! What a command reads whole: a file, or standard input where the path is `-`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// All of it, up to `largest` bytes; what is larger is refused, so that memory stays bounded.
pub(super) fn read(path: &Path, largest: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let reader: &mut dyn Read = if path == Path::new("-") {
        &mut io::stdin().lock()
    } else {
        &mut File::open(path).with_context(|| format!("{} cannot be read", path.display()))?
    };
    reader.take(largest + 1).read_to_end(&mut bytes).with_context(|| format!("{} cannot be read", path.display()))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > largest {
        bail!("{} has more than {} MiB", path.display(), largest >> 20);
    }
    Ok(bytes)
}
