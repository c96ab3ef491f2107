//! A key as its users meet it: the authenticator suite at the simulator in process, and CTAPHID through the kernel's
//! HID layer, beside the firmware of Nitrokey 3 and Solo 2 at the same door.
//!
//! `cargo bench --bench doors` takes a minute. The kernel is the guest of `tests/guest`, where there is one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use assay::cli::Persona;
use assay::judge::{Care, Named, NoDesk, Plan, authenticator};
use assay::keys::{self, KeyTarget};
use assay::lab::Lab;
use assay::state::State;
use assay_conformance::runner::Silent;
use assay_protocol::ctap2;
use assay_transport::{Cancel, Channel, hid};
use clap::ValueEnum as _;
use serde_json::{Value, json};

/// A message of the size that keys usually take. A much longer one outruns the 32 reports that the kernel's UHID keeps
/// for its device, and drops without a word, where there is but one processor.
const LONG: usize = 1200;

/// What each kind of exchange gets.
const SHARE: Duration = Duration::from_secs(2);

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, path] = args.as_slice()
        && flag == "--measure"
    {
        return println!("{}", measure(path));
    }
    let measured = args.iter().any(|argument| argument == "--bench");
    if measured {
        suites();
    }
    doors(measured);
}

/// The suite at each built-in persona, in this process.
fn suites() {
    println!("{:<44} {:>8} {:>8} {:>8}", "the authenticator suite, in process", "cases", "passed", "seconds");
    for persona in Persona::value_variants() {
        let name = persona.to_possible_value().expect("a name").get_name().to_owned();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("doors-{}", std::process::id()));
        let state = State::open(Some(&folder)).expect("a folder");
        let lab = Lab::new([7; 32], time::OffsetDateTime::now_utc());
        let target = KeyTarget::parse(&format!("sim+persona:{name}")).expect("a key");
        let plan = Plan::new("ctap-2.3", Some("11"), &[]).expect("a plan");
        let care = Care { erase: None, desk: Arc::new(NoDesk) };
        let began = Instant::now();
        let report = authenticator(&plan, Named { target, lab, state }, care, &mut Silent);
        let passed = report.cases.iter().filter(|case| case.outcome.is_pass()).count();
        println!("{name:<44} {:>8} {passed:>8} {:>8.1}", report.cases.len(), began.elapsed().as_secs_f64());
        std::fs::remove_dir_all(folder).ok();
    }
}

/// CTAPHID through the guest's HID layer.
fn doors(measured: bool) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(kernel) = output(Command::new(root.join("tests/guest/kernel.sh")).arg("--cached")) else {
        return println!("SKIPPED the doors: no kernel for the guest, tests/guest/kernel.sh builds it");
    };
    let Some(firmware) = measured.then(|| firmware(root)).flatten() else {
        return println!("SKIPPED the doors: nothing is measured, or the firmware cannot be built");
    };
    let this = std::env::current_exe().expect("this program's place");
    let script = format!(
        ". {}/tests/guest/steps.sh\n\
         served() {{ : >ready; \"$assay\" --state /tmp/state \"$@\" <&0 >ready 2>said & server=$!\n\
           soon grep -q '\"target\"' ready; node=$(sed -n 's/.*\"target\":\"hid:\\([^\"]*\\)\".*/\\1/p' ready)\n\
           {} --measure \"$node\"; unplug; }}\n\
         served key serve --uhid --touch auto\nserved proxy sim --uhid\nserved proxy exec:{} --uhid\nexit 0\n",
        root.display(),
        this.display(),
        firmware.display()
    );
    let told = output(
        Command::new(root.join("tests/guest/run.sh"))
            .args(["-t", "200", "bash", "-c", &script])
            .env("ASSAY_GUEST_KERNEL", kernel.trim())
            .env("assay", env!("CARGO_BIN_EXE_assay")),
    );
    let told = told.unwrap_or_default();
    let rows: Vec<Value> = told.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let names = ["ours, --uhid", "ours behind the proxy", "the firmware behind the proxy"];
    println!("\n{:<44} {:>8} {:>8} {:>8}", "CTAPHID through UHID and hidraw", "PING us", "getInfo", "kB/s");
    for (name, row) in names.iter().zip(&rows) {
        let number = |member: &str| row[member].as_f64().unwrap_or(f64::NAN);
        println!("{name:<44} {:>8.0} {:>8.0} {:>8.0}", number("ping_us"), number("get_info_us"), number("kb_a_second"));
    }
    if rows.len() < names.len() {
        println!("SKIPPED {} of {} doors: {told}", names.len() - rows.len(), names.len());
    }
}

/// The firmware, with optimizations, as ours has them.
fn firmware(root: &Path) -> Option<PathBuf> {
    let target = root.join("target/authenticators");
    let manifest = root.join("tests/authenticators/firmware/app/Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--release", "--locked", "--manifest-path"]).arg(manifest);
    cargo.arg("--target-dir").arg(&target).status().ok()?.success().then(|| target.join("release/key-firmware"))
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Inside the guest: what the key at this path does.
fn measure(path: &str) -> Value {
    let mut channel = keys::channel(Box::new(hid::open(path).expect("a key"))).expect("a channel");
    let ping = |channel: &mut Channel, size: usize| {
        let bytes = vec![0x5a; size];
        each(|| channel.ping(&bytes, soon()).expect("an echo"))
    };
    let short = ping(&mut channel, 1);
    let long = ping(&mut channel, LONG);
    let request = ctap2::Command::GetInfo.to_bytes();
    let get_info = each(|| {
        channel.cbor(&request, soon(), &Cancel::new(), &mut |_| ()).expect("an answer");
    });
    // There and back.
    let kilobytes = 2.0 * f64::from(u16::try_from(LONG).expect("a message")) / 1000.0;
    json!({
        "ping_us": short.as_secs_f64() * 1e6,
        "get_info_us": get_info.as_secs_f64() * 1e6,
        "kb_a_second": kilobytes / long.as_secs_f64(),
    })
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

/// The mean time of one, after a few for warmth.
fn each(mut work: impl FnMut()) -> Duration {
    for _ in 0..3 {
        work();
    }
    let (began, mut count) = (Instant::now(), 0);
    while began.elapsed() < SHARE {
        work();
        count += 1;
    }
    began.elapsed() / count
}
