//! What an operator says about a source of metadata.

use std::path::PathBuf;
use std::time::Duration;

use assay_attestation::metadata::Trust;
use reqwest::Url;

/// One source.
#[derive(Debug, Clone)]
pub struct MetadataSource {
    /// How it is called in answers, in the log and in the metrics.
    pub name: String,
    /// Where it is.
    pub origin: Origin,
    /// Whose signatures it may bear; one of them must be there. Their revocation lists are given,
    /// or fetched.
    pub trusts: Vec<Trust>,
    /// Are revocation lists fetched from where the signing certificates say?
    pub fetch_lists: bool,
    /// After how long it is asked again; none: only when it is said.
    pub interval: Option<Duration>,
    /// Where the last good issue is kept; none: nowhere.
    pub copy: Option<PathBuf>,
    /// Has the operator accepted the terms of FIDO's metadata service?
    pub terms_accepted: bool,
}

/// Where a source is.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A BLOB that is given here and now.
    Given(String),
    /// A file with a BLOB.
    File(PathBuf),
    /// A file with a payload that nobody has signed.
    UnsignedFile(PathBuf),
    /// An address with a BLOB.
    Url(String),
}

impl MetadataSource {
    /// A source without copy, asked once; revocation lists are fetched where the trust asks for them.
    pub fn new(name: impl Into<String>, origin: Origin, trusts: Vec<Trust>) -> Self {
        Self { name: name.into(), origin, trusts, fetch_lists: true, interval: None, copy: None, terms_accepted: false }
    }

    /// Whose terms bind whoever retrieves from here must have been accepted, and the address must be one.
    pub(super) fn acceptable(&self) -> Result<(), String> {
        let Origin::Url(text) = &self.origin else {
            return Ok(());
        };
        let url = Url::parse(text).map_err(|error| format!("{text:?} is no address: {error}"))?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(format!("{text:?} is not an address over HTTP"));
        }
        let host = url.host_str().unwrap_or_default();
        if (host == FIDO || host.ends_with(&format!(".{FIDO}"))) && !self.terms_accepted {
            return Err(format!(
                "retrieving from {host} means accepting the terms of FIDO's metadata service: read \
                 https://fidoalliance.org/metadata/ and say so (--accept-mds-terms)"
            ));
        }
        Ok(())
    }
}

impl Origin {
    /// `given`, `file`, `unsigned_file` or `url`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Given(_) => "given",
            Self::File(_) => "file",
            Self::UnsignedFile(_) => "unsigned_file",
            Self::Url(_) => "url",
        }
    }
}

const FIDO: &str = "fidoalliance.org";
