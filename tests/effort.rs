//! What the cases of the authenticator suite cost a key, measured: each on every persona, new and with the
//! cases' PIN. The table is committed; `ASSAY_BLESS=1` writes it, any other run compares.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::{env, fs};

use assay::judge;
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::env::{Env, MemoryStore, Person, Prompt, Scan, Store as _, Touch};
use assay_authenticator_sim::operation::Operation;
use assay_authenticator_sim::state::{Secret, State, StoredPin};
use assay_conformance::suites::authenticator::{Connect, FRESH, Leaves, PIN, suite};
use assay_conformance::verdict::Outcome;
use assay_protocol::pin_uv::pin_hash;
use assay_transport::Reports;

use crate::bite_authenticator::{ask, held, in_parallel, personas};

/// What one case did to one persona.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Did {
    passed: bool,
    skipped: bool,
    touches: usize,
    leaves: Leaves,
}

#[test]
fn the_table_says_what_the_cases_cost() {
    let headers: Vec<_> = suite().headers().cloned().collect();
    let jobs = headers.iter().flat_map(|header| (0..personas().len()).map(move |persona| (header, persona)));
    let mut measured = in_parallel(jobs.collect(), |(header, persona)| {
        [false, true].map(|with_pin| measure(persona, &header.id, with_pin))
    });
    measured.sort_by(|(one, _), (other, _)| (&one.0.id, one.1).cmp(&(&other.0.id, other.1)));
    let mut table = String::from("case\ttouches\tleaves\twith_pin\n");
    for header in &headers {
        let of_it: Vec<[Option<Did>; 2]> =
            measured.iter().filter(|((of, _), _)| of.id == header.id).map(|(_, did)| *did).collect();
        let asked = of_it.iter().filter_map(|[new, with_pin]| Some((new.filter(|did| did.passed)?, *with_pin)));
        let asked: Vec<(Did, Option<Did>)> = asked.collect();
        let touches = asked.iter().map(|(new, _)| new.touches).max().unwrap_or(0);
        let leaves = asked.iter().map(|(new, _)| new.leaves).max().unwrap_or(Leaves::More);
        // Asked of every persona that can have a PIN, or of none.
        let with_pin: Option<Vec<Leaves>> =
            asked.iter().filter_map(|(_, with_pin)| *with_pin).map(|did| did.passed.then_some(did.leaves)).collect();
        let with_pin = with_pin.and_then(|leaves| leaves.into_iter().max());
        // A case that finds on its way that it has nothing to ask leaves less, or what can be taken away.
        let skipped = |place: usize| {
            of_it.iter().filter_map(|did| did[place]).filter(|did| did.skipped).map(|did| did.leaves).max()
        };
        let [leaves, with_pin] = [(Some(leaves), 0), (with_pin, 1)].map(|(asked, place)| match skipped(place) {
            Some(left) if left != Leaves::Nothing => {
                let can_tell = asked.is_none_or(|asked| asked < Leaves::More) && left < Leaves::More;
                assert!(can_tell, "{} has nothing to ask, and leaves {left:?}", header.id);
                asked.map(|asked| asked.max(left))
            }
            _ => asked,
        });
        let (leaves, with_pin) = (leaves.unwrap_or(Leaves::More), with_pin.map_or("-", Leaves::as_str));
        if !header.needs.contains(&FRESH) {
            let all = of_it.iter().flatten().flatten();
            let changed = all.map(|did| did.leaves).find(|leaves| *leaves != Leaves::Nothing);
            assert_eq!(changed, None, "{} changes what somebody keeps on a key", header.id);
        }
        writeln!(table, "{}\t{touches}\t{}\t{with_pin}", header.id, leaves.as_str()).unwrap();
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/data/effort.tsv");
    if env::var_os("ASSAY_BLESS").is_some_and(|bless| bless == "1") {
        fs::write(file, table).unwrap();
        return;
    }
    let known = fs::read_to_string(file).unwrap();
    let lost: Vec<&str> = known.lines().filter(|line| !table.lines().any(|other| other == *line)).collect();
    let new: Vec<&str> = table.lines().filter(|line| !known.lines().any(|other| other == *line)).collect();
    assert!(lost.is_empty() && new.is_empty(), "lost: {lost:#?}\nnew, to be blessed: {new:#?}");
}

/// One case on one persona; none where the persona has no PIN and it was to have one.
fn measure(persona: usize, id: &str, with_pin: bool) -> Option<Did> {
    let config = &personas()[persona];
    let mut store = MemoryStore::default();
    let env = Env { store: Box::new(store.clone()), ..Env::seeded([0x5e; 32]) };
    let can = Authenticator::new(config.clone(), env).unwrap().get_info().option("clientPin").is_some();
    if with_pin && !can {
        return None;
    }
    let mut before = store.load().unwrap().unwrap();
    if with_pin {
        before.device.pin = Some(own_pin());
    }
    let mut store = MemoryStore::default();
    store.save(&[], &before).unwrap();
    let touches = Arc::new(Mutex::new(0));
    let kept = (store.clone(), Arc::clone(&touches));
    let outcome = ask(id, move |needs| {
        let person = Counting { person: judge::person(&needs), touches: Arc::clone(&kept.1) };
        let env = Env { person: Box::new(person), store: Box::new(kept.0.clone()), ..Env::seeded([0x5e; 32]) };
        Kept { config: config.clone(), env: Mutex::new(Some(env)), with_pin }
    });
    let after = store.load().unwrap().unwrap();
    let touches = *touches.lock().unwrap();
    Some(Did {
        passed: outcome.is_pass(),
        skipped: matches!(outcome, Outcome::Skip { .. }),
        touches,
        leaves: leaves(&before, &after),
    })
}

fn own_pin() -> StoredPin {
    StoredPin { hash: Secret(pin_hash(PIN).to_vec()), code_points: PIN.chars().count() }
}

fn leaves(before: &State, after: &State) -> Leaves {
    if before.device.secret != after.device.secret {
        return Leaves::Reset;
    }
    // Counters go on, and say nothing.
    let mut expected = State { sign_count: after.sign_count, ..before.clone() };
    expected.device.uv_count = after.device.uv_count;
    expected.cred_store_state.clone_from(&after.cred_store_state);
    // Where nothing is kept for long.
    let same_credentials = before.credentials.len() == after.credentials.len();
    expected.credentials = after.credentials.clone();
    if same_credentials && expected == *after {
        return Leaves::Nothing;
    }
    if after.device.pin == Some(own_pin()) {
        expected.device.pin.clone_from(&after.device.pin);
    }
    if same_credentials && expected == *after {
        return Leaves::Pin;
    }
    expected.large_blobs.clone_from(&after.large_blobs);
    if expected == *after { Leaves::Kept } else { Leaves::More }
}

/// A key whose memory the test has.
struct Kept {
    config: assay_authenticator_sim::config::KeyConfig,
    env: Mutex<Option<Env>>,
    with_pin: bool,
}

impl Connect for Kept {
    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        let env = self.env.lock().unwrap().take().ok_or("a case has one session")?;
        Ok(held(Authenticator::new(self.config.clone(), env).map_err(|error| error.to_string())?))
    }

    fn has_our_pin(&self) -> bool {
        self.with_pin
    }
}

/// Whoever the case wants, and how often the key was touched.
struct Counting {
    person: Box<dyn Person>,
    touches: Arc<Mutex<usize>>,
}

impl Person for Counting {
    fn touch(&mut self, prompt: &Prompt, operation: &Operation) -> Touch {
        *self.touches.lock().unwrap() += 1;
        self.person.touch(prompt, operation)
    }

    fn glance(&mut self, prompt: &Prompt) -> Option<Touch> {
        let touch = self.person.glance(prompt);
        *self.touches.lock().unwrap() += usize::from(touch.is_some());
        touch
    }

    fn scan(&mut self, prompt: &Prompt, operation: &Operation) -> Scan {
        *self.touches.lock().unwrap() += 1;
        self.person.scan(prompt, operation)
    }
}
