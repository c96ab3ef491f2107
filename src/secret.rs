//! Secrets of people: given in a file or the environment, or asked for at the terminal.

use std::fs;
use std::io::{self, BufRead as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use icu_normalizer::ComposingNormalizerBorrowed;

/// A secret that was given, or is to be asked for.
#[derive(Debug)]
pub(crate) enum Secret {
    /// Given, once.
    Given(Option<String>),
    /// Asked for at the terminal.
    Terminal,
}

impl Secret {
    /// From a file, or else the environment, or else the terminal. Never from the command line, which others see.
    pub(crate) fn named(file: Option<&Path>, variable: &str) -> Result<Self> {
        let text = match file {
            Some(path) if path == Path::new("-") => {
                let mut line = String::new();
                io::stdin().lock().read_line(&mut line).context("standard input")?;
                line
            }
            Some(path) => fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?,
            None => match std::env::var(variable) {
                Ok(text) => text,
                Err(_unset) => return Ok(Self::Terminal),
            },
        };
        Ok(Self::Given(Some(text.lines().next().unwrap_or_default().to_owned())))
    }

    /// A new secret; at the terminal it is asked for twice.
    pub(crate) fn chosen(file: Option<&Path>, variable: &str, prompt: &str) -> Result<Option<String>> {
        let mut source = Self::named(file, variable)?;
        let Some(new) = source.take(prompt) else { return Ok(None) };
        if matches!(source, Self::Terminal) && source.take("Once more: ").as_ref() != Some(&new) {
            bail!("the two are not the same; nothing was done");
        }
        Ok(Some(new))
    }

    /// The secret; a given one is given once.
    pub(crate) fn take(&mut self, prompt: &str) -> Option<String> {
        match self {
            Self::Given(secret) => secret.take().map(normalized),
            Self::Terminal => rpassword::prompt_password(prompt).ok().map(normalized),
        }
    }

    /// The secret where nobody is to be asked.
    pub(crate) fn given(self) -> Option<String> {
        match self {
            Self::Given(secret) => secret.map(normalized),
            Self::Terminal => None,
        }
    }
}

/// CTAP 2.3 6.5.1: PINs are in Normalization Form C, however they were typed. So are passphrases here.
fn normalized(secret: String) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(&secret).into_owned()
}
