//! What can be typed after `assay`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::key::{
    BlobsCommand, ConfigCommand, CredentialsCommand, FingersCommand, KeyDiffArgs, KeyFaultsArgs, KeyListArgs,
    KeyModelsArgs, KeyNewArgs, KeyPersonaArgs, KeyServeArgs, KeyUdevArgs, PinCommand, ResetArgs,
};
use crate::commands::mds::{MdsCommand, MetadataArgs};
use crate::commands::why::WhyArgs;
use crate::commands::{
    CoverageArgs, ProxyArgs, RecordArgs, RegressionArgs, ReplayArgs, ReportCommand, VectorsCommand,
    policy::PolicyCommand,
};

/// Assay: an open test lab for passkeys, FIDO2 security keys and device-bound sessions.
#[derive(Debug, Parser)]
#[command(
    name = "assay",
    version,
    after_help = "Examples:
  assay                                        the main job: trace, judge, report
  assay serve                                  a reference server for your client
  assay test server https://rp.example         judge a server
  assay test authenticator udp:127.0.0.1:8111  judge a key
  assay verify < ceremonies.jsonl              decide ceremonies, with reasons
  assay inspect response.json                  see what is inside, and what is wrong
  assay why recording.har                      why a ceremony fails, and what to do

Exit codes: 0 all good; 1 findings; 2 could not run."
)]
pub struct Cli {
    /// Where the lab keeps its seed, saved keys and reports' history [default: the XDG state directory]
    #[arg(long, global = true, value_name = "DIR")]
    pub state: Option<PathBuf>,

    /// Machine-readable output
    #[arg(long, global = true)]
    pub json: bool,

    /// What to do; without a word, the main job
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The words of the command line.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The main job: a server, virtual keys, four traces, every suite, one report
    Run(RunArgs),
    /// Start the reference relying-party server
    Serve(ServeArgs),
    /// Virtual and real keys: make, serve, list, show
    #[command(subcommand)]
    Key(KeyCommand),
    /// Judge a server, a key, a DBSC endpoint or a policy engine
    Test(TestArgs),
    /// Show a key through a virtual one: every frame, and what is to go wrong
    Proxy(ProxyArgs),
    /// Keep the authenticator suite's conversation with a key in a file
    Record(RecordArgs),
    /// Have that conversation again without the key, and tell what is different
    Replay(ReplayArgs),
    /// Reports: show one, compare two, make the page again
    #[command(subcommand)]
    Report(ReportCommand),
    /// Attestation policies: what one does to every model, what is wrong with one
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// The relying-party suite as data, for libraries that are no server
    #[command(subcommand)]
    Vectors(VectorsCommand),
    /// List every check: id, clause, kind, profiles
    Checks,
    /// Clause by case by proof of bite
    Coverage(CoverageArgs),
    /// FIDO metadata: show, verify, make, compare
    #[command(subcommand)]
    Mds(MdsCommand),
    /// Profiles: which checks they enforce, how they decide conflicts
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Decide ceremonies: JSON Lines in, one verdict a line out
    #[command(after_help = "Example line:
  {\"id\":\"1\",\"ceremony\":\"registration\",\"rp_id\":\"example.org\",\"origins\":[\"https://example.org\"],
   \"challenge\":\"<base64url>\",\"credential\":{..RegistrationResponseJSON..}}   (on one line)

Members, bytes as base64url:
  always          id, ceremony (registration, authentication), rp_id, origins, challenge, and the response:
                  credential (JSON), or response_text (a string, which may hold what is no JSON)
  authentication  stored {credential_id, public_key (COSE), sign_count, backup_eligible, backup_state,
                  uv_initialized, user_handle}, allow_credentials, payment {origins, top_origins, payee_name,
                  payee_origin, total, instrument}
  registration    algorithms, mediation, allow_attestation_types, trust_anchors (DER), metadata {blob, roots}
  either          at (RFC 3339), profile, user_verification, user_handle, cross_origin, top_origins,
                  backup (any, device_bound, eligible, backed_up), extensions (as asked for),
                  unsolicited_extensions (accept, refuse), min_pin_length")]
    Verify(VerifyArgs),
    /// Dissect CBOR, JSON, DER, tokens; hex, base64 or binary
    #[command(after_help = "Examples:
  assay inspect attestation-object.bin
  echo o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVg... | assay inspect -")]
    Inspect(InspectArgs),
    /// Why a ceremony fails: the first failing clause, its bytes, and what to do; JSON, HAR or a console's paste
    Why(WhyArgs),
}

/// Options of the main job.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Folder for the reports, replaced as a whole
    #[arg(long, value_name = "DIR", default_value = "assay-report")]
    pub out: PathBuf,
    /// Seed of everything random in the suites, 1 to 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    pub seed: Option<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "they would stand in the help")]
    pub regression: RegressionArgs,
}

impl Default for RunArgs {
    fn default() -> Self {
        Self { out: PathBuf::from("assay-report"), seed: None, regression: RegressionArgs::default() }
    }
}

/// Options of `assay serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay serve --listen 127.0.0.1:8080 --db lab.sqlite
  assay serve --algorithm all      offers every algorithm that is verified here, for assay test server
  assay serve --listen 127.0.0.1:0 --without origin_mismatch     one check off, to prove a suite's bite

Prints one JSON line when ready: address, URL and bootstrap credentials. Stops on Ctrl-C.")]
pub struct ServeArgs {
    /// Address to listen on; port 0 picks a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// SQLite file; without it everything is in memory
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// RP ID
    #[arg(long, value_name = "ID", default_value = "localhost")]
    pub rp_id: String,
    /// Expected origin; may repeat [default: http://RP_ID:PORT and https://RP_ID]
    #[arg(long, value_name = "ORIGIN")]
    pub origin: Vec<String>,
    /// Origin on another site that may use the RP ID; may repeat. They are served at /.well-known/webauthn
    #[arg(long, value_name = "ORIGIN")]
    pub related_origin: Vec<String>,
    /// Decides a contested question otherwise than the profile does, such as backup_eligibility=gainable; may repeat
    #[arg(long, value_name = "NAME=WORD", value_parser = switch)]
    pub switch: Vec<(String, String)>,
    /// Offers this algorithm, by its COSE name, such as ES384 or ML-DSA-44, or all; may repeat, the most
    /// wanted first [default: EdDSA, ES256, RS256]
    #[arg(long, value_name = "NAME")]
    pub algorithm: Vec<String>,
    /// Which checks are enforced: w3c-l3, tool-compatible or hardened
    #[arg(long, value_name = "NAME", default_value = "w3c-l3")]
    pub profile: String,
    /// Metadata beside the lab's own
    #[command(flatten)]
    pub metadata: MetadataArgs,
    /// Skip the refusal of exactly this check; may repeat; loopback only
    #[arg(long, value_name = "ID")]
    pub without: Vec<String>,
    /// Do not wire the attestation policy engine (its endpoints answer 501)
    #[arg(long)]
    pub no_policy_engine: bool,
}

/// `assay key ...`
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a virtual key and save it under a name: built in, from a file, or any model of FIDO metadata
    New(KeyNewArgs),
    /// Serve virtual keys: to browsers and ssh as a HID or USB device, to programs on a socket
    Serve(KeyServeArgs),
    /// List saved virtual keys and USB security keys: model, versions, PIN, fingers
    List(KeyListArgs),
    /// Show what a key says of itself (getInfo)
    Info(KeyInfoArgs),
    /// The PIN: set, change, how many tries are left
    #[command(subcommand)]
    Pin(PinCommand),
    /// Discoverable credentials: list, delete, rename
    #[command(subcommand)]
    Credentials(CredentialsCommand),
    /// Large blobs: list, get, set, delete
    #[command(subcommand)]
    Blobs(BlobsCommand),
    /// Configuration: show, always-uv, min-pin, force-pin-change, enterprise, long-touch
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Fingers: list, add, rename, remove
    #[command(subcommand)]
    Fingers(FingersCommand),
    /// Erase a key
    Reset(ResetArgs),
    /// List the models of FIDO metadata that a virtual key can be, and what each would lack
    Models(KeyModelsArgs),
    /// Print a persona as a file to start from: one of those built in, a saved key's, or a model's
    Persona(KeyPersonaArgs),
    /// Where two keys, firmwares or recordings behave differently
    Diff(KeyDiffArgs),
    /// List what a virtual key can be told to do wrong: sim+fault:ID wherever a key is named
    Faults(KeyFaultsArgs),
    /// Print the udev rule with which virtual HID devices need no root
    Udev(KeyUdevArgs),
}

/// How a virtual key attests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Attestation {
    /// packed, with the lab's certificate for the model
    PackedX5c,
    /// packed, signed by the credential's own key
    PackedSelf,
    /// none
    None,
}

/// What kind of virtual key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Persona {
    /// CTAP 2.1 with a PIN
    SecurityKey,
    /// CTAP 2.0 with a PIN
    #[value(name = "ctap-2.0")]
    Ctap20,
    /// CTAP 2.3 with all but a sensor, and U2F
    #[value(name = "ctap-2.3")]
    Ctap23,
    /// CTAP 2.3 with a fingerprint sensor
    Biometric,
    /// built into a computer or a telephone
    Platform,
    /// a provider of synced passkeys
    Synced,
    /// U2F alone
    U2f,
}

/// Options of `assay key info`.
#[derive(Debug, Args)]
pub struct KeyInfoArgs {
    /// sim, sim:NAME (both with +fault:ID), udp:HOST:PORT, unix:PATH, hid:PATH or exec:PROGRAM
    pub target: String,
    /// Ask another library as well, and report every difference (exit code 1); see second-opinion/
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true)]
    pub second_opinion: Option<Option<PathBuf>>,
    /// Does it say what its metadata statement says? A BLOB or a payload, whose signature is not judged
    #[arg(long, value_name = "FILE")]
    pub mds: Option<PathBuf>,
}

/// Options of `assay test`.
#[derive(Debug, Args)]
#[command(after_help = "Targets:
  server, dbsc, policy   a URL, a target file (target.toml), or sim: a fresh reference server
  authenticator          sim, sim:NAME, udp:HOST:PORT, unix:PATH, hid:PATH; sim+fault:ID is a key with a defect;
                         exec:PROGRAM is a key on standard input and output, started anew for each case

Examples:
  assay test server https://rp.example --profile hardened
  assay test server my-server/target.toml --filter 'registration/**'
  assay test server rp.toml --known known-failures.toml --baseline last-week/report.json
  assay test server rp.toml --failed                       what failed last time, with its seed
  assay test authenticator hid:/dev/hidraw0 --erase --power-cycle ./hub-port-off-and-on.sh
  assay test authenticator hid:/dev/hidraw0 --erase --resume     where you stopped (Ctrl-C), or the key fell out
  assay test server --list
  assay test server --export-metadata lab.jwt     what a judged server should trust

Exit codes: 0 every case passed; 1 findings; 2 could not run.")]
pub struct TestArgs {
    /// What is judged
    #[arg(value_enum)]
    pub kind: TestKind,
    /// How to reach it
    pub target: Option<String>,
    /// List the cases, one `id<TAB>level<TAB>clause` a line (or with --json an array); needs no target
    #[arg(long)]
    pub list: bool,
    /// Only cases whose id matches: a glob, or part of the id; may repeat
    #[arg(long, value_name = "GLOB")]
    pub filter: Vec<String>,
    /// Seed of everything random in the suite, 1 to 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    pub seed: Option<String>,
    /// The profile that the target is held to [default: the target file's, or w3c-l3]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Folder for the reports, replaced as a whole
    #[arg(long, value_name = "DIR", default_value = "assay-report")]
    pub out: PathBuf,
    /// Ask a key that has a PIN what changes nothing on it: about half of the cases, without its PIN
    #[arg(long, conflicts_with = "erase")]
    pub in_use: bool,
    /// Reset the key for the cases that want it as it comes from the factory: everything on it is lost
    #[arg(long)]
    pub erase: bool,
    /// Erase it even where it has a PIN
    #[arg(long, requires = "erase")]
    pub yes: bool,
    /// Go on where an interrupted run was, by its report.json [default: the one in --out], with its seed; what it
    /// could not ask is asked again, and the new report has both
    #[arg(long, value_name = "OLD.json", num_args = 0..=1, require_equals = true, conflicts_with = "failed")]
    pub resume: Option<Option<PathBuf>>,
    /// How the key loses its power and gets it back before a reset, for the shell; without it you are asked to
    #[arg(long, value_name = "COMMAND", requires = "erase")]
    pub power_cycle: Option<String>,
    /// Write the lab's signed metadata BLOB, which a judged server must trust, and stop
    #[arg(long, value_name = "FILE")]
    pub export_metadata: Option<PathBuf>,
    /// Write the lab's attestation roots (PEM), which a judged server must trust, and stop
    #[arg(long, value_name = "FILE")]
    pub export_anchors: Option<PathBuf>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "they would stand in the help")]
    pub regression: RegressionArgs,
}

/// What `assay test` can judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TestKind {
    /// A relying-party server: registration and authentication
    #[value(alias = "relying-party")]
    Server,
    /// A CTAP2 authenticator
    Authenticator,
    /// A server of Device Bound Session Credentials
    Dbsc,
    /// An attestation policy engine
    Policy,
}

/// `assay profile ...`
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// The checks that a profile enforces, and its switches
    Show {
        /// w3c-l3, tool-compatible or hardened
        name: String,
    },
}

/// Options of `assay verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Exit with 0 although ceremonies were rejected
    #[arg(long)]
    pub exit_zero: bool,
}

/// Options of `assay inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// A file, or - for standard input
    pub input: PathBuf,
}

fn switch(text: &str) -> Result<(String, String), String> {
    let (name, word) = text.split_once('=').ok_or("a switch is written NAME=WORD")?;
    Ok((name.to_owned(), word.to_owned()))
}
