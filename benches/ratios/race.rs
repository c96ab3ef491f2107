//! Measuring several things at once, so that what disturbs one disturbs all.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Something that is measured by doing it over and over.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    run: Box<dyn FnMut()>,
}

impl Contestant {
    pub(crate) fn new(name: &'static str, run: impl FnMut() + 'static) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// How often each was done a second of CPU time, in every round.
pub(crate) struct Results(Vec<(&'static str, [f64; ROUNDS])>);

const ROUNDS: usize = 5;

/// What each gets in every round, in slices.
const SHARE: Duration = Duration::from_secs(1);
const SLICE: Duration = Duration::from_millis(20);

/// Does everything once.
pub(crate) fn once(contestants: &mut [Contestant]) {
    for contestant in contestants {
        (contestant.run)();
    }
}

/// Five rounds, in each of which the slices of all take turns.
pub(crate) fn race(contestants: &mut [Contestant]) -> Results {
    let batches: Vec<u32> = contestants.iter_mut().map(batch).collect();
    let mut rates = vec![[0.0; ROUNDS]; contestants.len()];
    for round in 0..ROUNDS {
        let mut spent = vec![(Duration::ZERO, 0.0); contestants.len()];
        while spent.iter().any(|(time, _)| *time < SHARE) {
            let turns = contestants.iter_mut().zip(&batches).zip(&mut spent);
            for ((contestant, batch), (time, count)) in turns.filter(|(_, (time, _))| *time < SHARE) {
                *time += cpu_time(|| (0..*batch).for_each(|_| (contestant.run)()));
                *count += f64::from(*batch);
            }
        }
        for (rates, (time, count)) in rates.iter_mut().zip(spent) {
            if let Some(rate) = rates.get_mut(round) {
                *rate = count / time.as_secs_f64();
            }
        }
    }
    Results(contestants.iter().map(|contestant| contestant.name).zip(rates).collect())
}

/// How often it can be done in a slice. Warms up, too.
fn batch(contestant: &mut Contestant) -> u32 {
    let mut batch = 1;
    loop {
        let time = cpu_time(|| (0..batch).for_each(|_| (contestant.run)()));
        if time >= SLICE {
            return batch;
        }
        batch *= 2;
    }
}

fn cpu_time(work: impl FnOnce()) -> Duration {
    let before = now();
    work();
    now().saturating_sub(before)
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, nanoseconds) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or_default(), nanoseconds.unwrap_or_default())
}

impl Results {
    /// The median of the rounds.
    pub(crate) fn rate(&self, name: &str) -> f64 {
        median(self.rates(name))
    }

    /// The median of the rounds' ratios.
    pub(crate) fn ratio(&self, name: &str, against: &str) -> f64 {
        let mut ratios = self.rates(name);
        for (ratio, against) in ratios.iter_mut().zip(self.rates(against)) {
            *ratio /= against;
        }
        median(ratios)
    }

    fn rates(&self, name: &str) -> [f64; ROUNDS] {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map_or([f64::NAN; ROUNDS], |(_, rates)| *rates)
    }
}

fn median(mut values: [f64; ROUNDS]) -> f64 {
    values.sort_by(f64::total_cmp);
    let [_, _, middle, _, _] = values;
    middle
}
