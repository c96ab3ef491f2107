//! Secrets of people: given in a file or the environment, or asked for at the terminal.

use std::fs;
use std::io::{self, BufRead as _};
use std::path::Path;

use anyhow::{Context as _, Result};
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

    /// The secret; a given one is given once.
    pub(crate) fn take(&mut self, prompt: &str) -> Option<String> {
        match self {
            Self::Given(secret) => secret.take(),
            Self::Terminal => rpassword::prompt_password(prompt).ok(),
        }
        // CTAP 2.3 6.5.1: PINs are in Normalization Form C, however they were typed.
        .map(|secret| ComposingNormalizerBorrowed::new_nfc().normalize(&secret).into_owned())
    }
}
