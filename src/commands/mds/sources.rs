//! What `assay serve` is told about metadata: files and addresses, whose word is taken, how often.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use assay_attestation::Anchors;
use assay_attestation::metadata::Trust;
use assay_attestation::revocation::{Demand, Revocation, RevocationList};
use assay_mint::lab::METADATA_HOST;
use assay_protocol::tree::guess::guess;
use assay_server::{MetadataSource, Origin};
use clap::{Args, ValueEnum};

use crate::lab::Lab;
use crate::state::State;

/// Options about metadata.
#[derive(Debug, Args)]
pub struct MetadataArgs {
    /// FIDO metadata BLOB (JWS) beside the lab's own, a file or an http(s) address; may repeat
    #[arg(long = "mds", alias = "metadata", value_name = "FILE|URL")]
    pub mds: Vec<String>,
    /// Payload in JSON that nobody has signed; INSECURE, for tests alone; may repeat
    #[arg(long = "mds-unsigned", value_name = "FILE")]
    pub unsigned: Vec<PathBuf>,
    /// Ask the sources again after so long: 90s, 15m, 24h or 7d [default: 24h for addresses, never for
    /// files]; SIGHUP asks at once
    #[arg(long = "mds-interval", value_name = "TIME", value_parser = parse_interval)]
    pub interval: Option<Duration>,
    /// The terms of FIDO's metadata service are accepted; demanded for its address
    #[arg(long = "accept-mds-terms")]
    pub accept_terms: bool,
    /// Whose signatures are taken
    #[command(flatten)]
    pub trust: TrustArgs,
}

/// Options about whose metadata are taken.
#[derive(Debug, Args)]
pub struct TrustArgs {
    /// DER or PEM root that metadata must lead to; may repeat [default: GlobalSign R3 and R46, which FIDO's do]
    #[arg(long = "mds-root", alias = "metadata-root", value_name = "FILE")]
    pub roots: Vec<PathBuf>,
    /// The name in the signing certificate
    #[arg(long = "mds-name", value_name = "HOST", default_value = "mds.fidoalliance.org")]
    pub name: String,
    /// What becomes of signing certificates about whose revocation nothing is known: hard refuses, soft
    /// takes and notes them, off does not ask
    #[arg(long = "mds-revocation", value_enum, default_value_t = RevocationDemand::Soft)]
    pub revocation: RevocationDemand,
    /// Revocation list, DER or PEM; may repeat [default: fetched from where the certificates say]
    #[arg(long = "mds-crl", value_name = "FILE")]
    pub lists: Vec<PathBuf>,
}

/// How revocation is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RevocationDemand {
    /// Unknown is refused
    Hard,
    /// Unknown passes, and is noted
    Soft,
    /// Not asked
    Off,
}

impl MetadataArgs {
    /// The sources beside the lab's own.
    pub fn sources(&self, lab: &Lab, state: &State) -> Result<Vec<MetadataSource>> {
        let trusts = self.trust.trusts(lab)?;
        let mut sources: Vec<MetadataSource> = Vec::new();
        for place in &self.mds {
            let far = place.starts_with("http://") || place.starts_with("https://");
            let mut source = if far {
                let origin = Origin::Url(place.clone());
                let copy = state.metadata_copy(place)?;
                let name = place.split(['/', '?']).nth(2).unwrap_or(place);
                MetadataSource { copy: Some(copy), ..MetadataSource::new(name, origin, trusts.clone()) }
            } else {
                let name = Path::new(place).file_name().map_or(place.into(), |name| name.to_string_lossy());
                MetadataSource::new(name, Origin::File(PathBuf::from(place)), trusts.clone())
            };
            source.interval = self.interval.or(far.then_some(DAILY));
            source.fetch_lists = self.trust.lists.is_empty();
            source.terms_accepted = self.accept_terms;
            sources.push(source);
        }
        for path in &self.unsigned {
            eprintln!("WARNING: {} is signed by nobody: this server trusts whoever can write it", path.display());
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let source = MetadataSource::new(name, Origin::UnsignedFile(path.clone()), Vec::new());
            sources.push(MetadataSource { interval: self.interval, ..source });
        }
        // Each has a name of its own.
        let mut names = vec!["lab".to_owned()];
        for source in &mut sources {
            let plain = source.name.clone();
            let mut number = 2;
            while names.contains(&source.name) {
                source.name = format!("{plain}-{number}");
                number += 1;
            }
            names.push(source.name.clone());
        }
        Ok(sources)
    }
}

impl TrustArgs {
    /// The lab's own signature, the given roots under the given name, and the same under a lab's.
    pub(super) fn trusts(&self, lab: &Lab) -> Result<Vec<Trust>> {
        let lists: Result<Vec<_>> = self.lists.iter().map(|path| list(path)).collect();
        let demand = match self.revocation {
            RevocationDemand::Hard => Demand::Hard,
            RevocationDemand::Soft => Demand::Soft,
            RevocationDemand::Off => Demand::Off,
        };
        let revocation = Revocation { demand, lists: lists? };
        let mut given = Trust::fido();
        if !self.roots.is_empty() {
            let mut trusted = Vec::new();
            for path in &self.roots {
                trusted.extend(certificates(path)?);
            }
            given.roots = Anchors::parse(&trusted).context("a root of metadata does not read")?;
        }
        given.leaf_name.clone_from(&self.name);
        given.revocation = revocation;
        let mut trusts = vec![lab.metadata_trust()?, given.clone()];
        if !self.roots.is_empty() {
            trusts.push(given.named(METADATA_HOST));
        }
        Ok(trusts)
    }
}

/// The certificates of a file: any number in PEM, or one in DER or base64.
pub(in crate::commands) fn certificates(path: &Path) -> Result<Vec<Vec<u8>>> {
    const END: &str = "-----END CERTIFICATE-----";
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(match std::str::from_utf8(&bytes) {
        Ok(text) if text.contains(END) => text
            .split_inclusive(END)
            .filter(|part| part.ends_with(END))
            .map(|part| guess(part.as_bytes()).bytes)
            .collect(),
        _ => vec![guess(&bytes).bytes],
    })
}

fn list(path: &Path) -> Result<RevocationList> {
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    RevocationList::parse(&guess(&bytes).bytes).with_context(|| path.display().to_string())
}

/// A number and its unit.
fn parse_interval(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.strip_prefix(digits) {
        Some("s") => 1,
        Some("m") => 60,
        Some("h") => 3600,
        Some("d") => 86_400,
        _ => return Err(format!("{text:?} is no time such as 90s, 15m, 24h or 7d")),
    };
    match digits.parse::<u32>() {
        Ok(number) if number > 0 => Ok(Duration::from_secs(u64::from(number) * unit)),
        _ => Err(format!("{text:?} is no time such as 90s, 15m, 24h or 7d")),
    }
}

const DAILY: Duration = Duration::from_secs(86_400);
