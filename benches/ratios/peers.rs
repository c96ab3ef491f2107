//! Other people's relying parties at the same three ceremonies, each in a process of its own that
//! counts its own CPU time. What is not installed is named, never left out in silence.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A peer's rates a second of CPU time, or why there are none.
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(crate) rates: Result<Value, String>,
}

/// Asks one after the other; `lines` are ceremonies as `assay verify` reads them.
pub(crate) fn ask_all(lines: &str) -> Vec<Peer> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let witness = std::env::var_os("ASSAY_WITNESS").map_or_else(|| root.join("tests/witness"), PathBuf::from);
    let mut rust = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    rust.args(["run", "--quiet", "--release", "--manifest-path"]).arg(root.join("benches/peer/Cargo.toml"));
    rust.arg("--target-dir").arg(root.join("target/peer"));
    let mut node = Command::new("node");
    node.arg(witness.join("rate.mjs"));
    let python = |library: &str| {
        let mut python = Command::new(witness.join(".venv/bin/python"));
        python.arg(witness.join("rate.py")).arg(library);
        python
    };
    let [fido2, py_webauthn] = ["fido2", "webauthn"].map(python);
    [("webauthn-rs-core", rust), ("SimpleWebAuthn", node), ("python-fido2", fido2), ("py_webauthn", py_webauthn)]
        .into_iter()
        .map(|(name, command)| ask(name, command, lines))
        .collect()
}

fn ask(name: &str, mut command: Command, lines: &str) -> Peer {
    let mut asked = || -> Result<Value, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        if let Some(mut stdin) = child.stdin.take() {
            // Who makes its own ceremonies does not read ours.
            drop(stdin.write_all(lines.as_bytes()));
        }
        let output = child.wait_with_output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(text.trim()).map_err(|_no_json| {
            let complaint = String::from_utf8_lossy(&output.stderr);
            complaint.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing").to_owned()
        })
    };
    match asked() {
        Ok(answer) => Peer {
            name: answer.get("name").and_then(Value::as_str).unwrap_or(name).to_owned(),
            rates: Ok(answer.get("rates").cloned().unwrap_or_default()),
        },
        Err(why) => Peer { name: name.to_owned(), rates: Err(why) },
    }
}

impl Peer {
    /// The rate at one of the ceremonies.
    pub(crate) fn rate(&self, ceremony: &str) -> Option<f64> {
        self.rates.as_ref().ok()?.get(ceremony)?.as_f64()
    }
}
