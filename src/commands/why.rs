//! `assay why`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use assay_protocol::cose::CoseKey;
use assay_relying_party::Profile;
use clap::Args;
use time::OffsetDateTime;

use super::Place;
use super::input::read;
use crate::lab::profile_names;
use crate::output::{Exit, Style, print};
use crate::verify::Stored;
use crate::why::{self, Given, text};

/// Recordings of a browser are large; what is larger than this holds more than a ceremony.
const LARGEST: u64 = 64 << 20;

/// Options of `assay why`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay why recording.har                          options and responses are matched by their challenge
  assay why response.json --origin https://rp.example --rp-id rp.example
  xclip -o | assay why - --public-key pQECAyYgASFYI...    a console's paste

What is not given is taken from the message and marked as assumed.
Exit codes: 0 nothing wrong found; 1 a failing clause; 2 no ceremony found, or could not run.")]
pub struct WhyArgs {
    /// A JSON text, a HAR or what a console shows of a credential; - for standard input
    pub input: PathBuf,
    /// The RP ID [default: the options', or what fits the origin]
    #[arg(long, value_name = "ID")]
    pub rp_id: Option<String>,
    /// Expected origin; may repeat [default: the client data's]
    #[arg(long, value_name = "ORIGIN")]
    pub origin: Vec<String>,
    /// The challenge issued, base64url [default: the options', or the client data's]
    #[arg(long, value_name = "BASE64URL")]
    pub challenge: Option<String>,
    /// Which checks are enforced: w3c-l3, tool-compatible or hardened
    #[arg(long, value_name = "NAME", default_value = "w3c-l3")]
    pub profile: String,
    /// The credential's COSE key: base64url, base64 or hexadecimal [default: from its registration in the same file]
    #[arg(long, value_name = "KEY", conflicts_with = "stored")]
    pub public_key: Option<String>,
    /// The credential's record: a JSON file as in the member `stored` of `assay verify`
    #[arg(long, value_name = "FILE")]
    pub stored: Option<PathBuf>,
    /// Trust anchors of attestation, PEM [default: chains are not judged]
    #[arg(long, value_name = "PEM")]
    pub anchors: Option<PathBuf>,
}

/// Says why the ceremonies in a file fail.
pub(super) fn run(here: &Place, args: &WhyArgs) -> Result<Exit> {
    let given = given(args)?;
    let input = read(&args.input, LARGEST)?;
    let answer = match why::why(&input, &given, OffsetDateTime::now_utc()) {
        Ok(answer) => answer,
        Err(detail) => bail!("{detail}"),
    };
    if here.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&answer)?))?;
    } else {
        print(&text(&answer, Style::for_stdout()))?;
    }
    Ok(if answer.ceremonies.is_empty() {
        Exit::CouldNotRun
    } else if answer.fails() {
        Exit::Findings
    } else {
        Exit::Good
    })
}

fn given(args: &WhyArgs) -> Result<Given> {
    let Some(profile) = Profile::named(&args.profile) else {
        bail!("there is no profile {:?}: {}", args.profile, profile_names());
    };
    let decode = |text: &String| assay_protocol::base64url::decode(text);
    let challenge = args.challenge.as_ref().map(decode).transpose().context("--challenge is no base64url")?;
    let public_key = args.public_key.as_deref().map(|text| why::pasted(text).context("--public-key cannot be decoded"));
    let public_key = public_key.transpose()?;
    if let Some(Err(malformed)) = public_key.as_deref().map(CoseKey::parse) {
        bail!("--public-key is no COSE key: {malformed}");
    }
    let open = |path: &PathBuf| fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
    let stored = args.stored.as_ref().map(|path| match Stored::parse(&open(path)?) {
        Ok(stored) => Ok(stored),
        Err(detail) => bail!("{}: {detail}", path.display()),
    });
    let anchors = args.anchors.as_ref().map(|path| match why::anchors(&String::from_utf8_lossy(&open(path)?)) {
        Ok(anchors) => Ok(anchors),
        Err(detail) => bail!("{}: {detail}", path.display()),
    });
    Ok(Given {
        rp_id: args.rp_id.clone(),
        origins: args.origin.clone(),
        challenge,
        profile,
        public_key,
        stored: stored.transpose()?,
        anchors: anchors.transpose()?,
    })
}
