//! Whole sign-ins over HTTP: request options, a signature by the key, the answer judged, and a
//! session that is on the disk before the browser hears of it. Server and load share the machine.
//!
//! `cargo bench --bench sign_ins` runs for about twenty seconds. Beside the rate stand what one
//! fsync costs on the same disk and how much of the CPU time went into ECDSA.

mod browser;

use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use assay_mint::keys::SigningKey;
use assay_mint::lab::Lab;
use assay_protocol::signature;
use assay_relying_party::Profile;
use assay_server::config::Database;
use assay_server::{Config, spawn};
use rustix::time::{ClockId, clock_gettime};

use browser::Browser;

/// Browsers at once: more of them share a commit, until the processors are busy.
const BROWSERS: [usize; 4] = [1, 8, 32, 128];
const RP_ID: &str = "example.org";

fn main() {
    let measured = std::env::args().any(|argument| argument == "--bench");
    let share = if measured { Duration::from_secs(4) } else { Duration::ZERO };
    // In the target folder: what is temporary elsewhere may be no disk.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sign-ins-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let crypto = Crypto::measure(if measured { 2000 } else { 1 });
    let syncs = fsyncs(&folder, if measured { Duration::from_secs(1) } else { Duration::ZERO });
    println!("fsync of 4 KiB, one after the other: {syncs:.0} a second");
    println!("{:>8} {:>12} {:>12} {:>14} {:>12}", "browsers", "sign-ins/s", "/ fsyncs", "CPU us each", "of it ECDSA");
    for browsers in BROWSERS {
        let Load { rate, cpu } = load(&folder.join(format!("{browsers}.sqlite")), browsers, share);
        let each = cpu / rate;
        println!(
            "{browsers:>8} {rate:>12.0} {:>12.2} {:>14.0} {:>11.0}%",
            rate / syncs,
            each * 1e6,
            100.0 * crypto.both() / each
        );
    }
    std::fs::remove_dir_all(&folder).expect("our own folder");
    println!(
        "ECDSA: {:.0} us to verify, {:.0} us to sign, which is the load's",
        crypto.verify * 1e6,
        crypto.sign * 1e6
    );
}

/// Sign-ins a second, and seconds of CPU a second.
struct Load {
    rate: f64,
    cpu: f64,
}

fn load(database: &Path, browsers: usize, share: Duration) -> Load {
    let profile = Profile::named("hardened").expect("the profile");
    let mut config = Config::new(RP_ID, vec![format!("https://{RP_ID}")], profile);
    config.database = Database::File(database.to_owned());
    let server = spawn(config).expect("a server");
    let lab = Lab::new([3; 32], 1_795_305_600);
    let mut ready: Vec<Browser> = (0..browsers).map(|at| Browser::enrol(server.addr, &lab, at)).collect();

    let done = Arc::new(AtomicU64::new(0));
    let (begun, cpu) = (Instant::now(), cpu_time());
    thread::scope(|scope| {
        for browser in &mut ready {
            let done = Arc::clone(&done);
            scope.spawn(move || {
                loop {
                    browser.sign_in();
                    done.fetch_add(1, Ordering::Relaxed);
                    if begun.elapsed() >= share {
                        break;
                    }
                }
            });
        }
    });
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = (cpu_time() - cpu).as_secs_f64() / seconds;
    let count = u32::try_from(done.load(Ordering::Relaxed)).expect("a count");
    Load { rate: f64::from(count) / seconds, cpu }
}

/// Seconds that the cryptography of one sign-in costs.
struct Crypto {
    verify: f64,
    sign: f64,
}

impl Crypto {
    fn measure(times: u32) -> Self {
        let key = SigningKey::random_es256().expect("a key");
        let message = [0x5a; 69];
        let signature = key.sign(&message).expect("a signature");
        let cose = key.cose_key();
        let each = |work: &dyn Fn()| {
            let begun = cpu_time();
            (0..times).for_each(|_| work());
            (cpu_time() - begun).as_secs_f64() / f64::from(times)
        };
        Self {
            verify: each(&|| signature::verify(cose.alg, &cose.key, black_box(&message), &signature).expect("good")),
            sign: each(&|| drop(black_box(key.sign(black_box(&message))))),
        }
    }

    fn both(&self) -> f64 {
        self.verify + self.sign
    }
}

/// How often a second 4 KiB can be made durable, each before the next.
fn fsyncs(folder: &Path, share: Duration) -> f64 {
    let mut file = File::create(folder.join("fsync")).expect("a file");
    let (begun, mut count) = (Instant::now(), 0_u32);
    loop {
        file.write_all(&[0; 4096]).and_then(|()| file.sync_data()).expect("a disk");
        count += 1;
        if begun.elapsed() >= share {
            return f64::from(count) / begun.elapsed().as_secs_f64();
        }
    }
}

/// Of the whole process.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
