//! How much of the time goes into what cannot be saved: rates a second of CPU time, and their
//! ratios to the bare cryptography or to another implementation of the same thing.
//!
//! `cargo bench --bench ratios` measures for a minute or two and prints two tables: ours, and the
//! same ceremonies by other people's libraries. Targets stand beside the ratios; nothing fails. Run
//! by `cargo test`, everything of ours is done just once.

mod authenticator;
mod metadata;
mod peers;
mod policy;
mod race;
mod relying_party;

use race::{Contestant, Results, once, race};

/// A ratio that there is an opinion on.
struct Ratio {
    what: &'static str,
    against: &'static str,
    /// How many of the second the first is allowed to cost.
    each: f64,
    target: &'static str,
}

const RATIOS: [Ratio; 7] = [
    Ratio { what: relying_party::ASSERTION, against: relying_party::BARE, each: 1.0, target: ">= 0.90" },
    Ratio { what: relying_party::PACKED, against: relying_party::BARE, each: 2.0, target: ">= 0.85" },
    Ratio { what: relying_party::KNOWN_PATH, against: relying_party::BARE, each: 1.0, target: ">= 0.80" },
    Ratio { what: authenticator::OURS, against: authenticator::THEIRS, each: 1.0, target: "> 1.00" },
    Ratio { what: authenticator::OURS, against: authenticator::BARE, each: 1.0, target: ">= 0.60" },
    Ratio { what: authenticator::AMONG_FEW, against: authenticator::SIGNATURE, each: 1.0, target: ">= 0.60" },
    Ratio { what: authenticator::AMONG_MANY, against: authenticator::AMONG_FEW, each: 1.0, target: ">= 0.80" },
];

/// A rate that there is an opinion on.
const RATES: [(&str, &str); 2] = [(policy::MIXED, ">= 1e6"), (metadata::LOAD, ">= 20")];

fn main() {
    let mut contestants = relying_party::contestants();
    contestants.extend(authenticator::contestants());
    contestants.extend(policy::contestants());
    contestants.extend(metadata::contestants());
    // `-- none` measures those alone that have the word in their names.
    if let Some(word) = std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        contestants.retain(|contestant| contestant.name.contains(&word));
        let results = race(&mut contestants);
        return print_rates(&contestants, &results);
    }
    if !std::env::args().any(|argument| argument == "--bench") {
        return once(&mut contestants);
    }
    let results = race(&mut contestants);
    print(&contestants, &results);
    compare(&results, &peers::ask_all(&relying_party::lines()));
}

/// Ours beside theirs: rates, and how many times faster ours is.
fn compare(results: &Results, peers: &[peers::Peer]) {
    const CEREMONIES: [(&str, &str); 3] =
        [("none", relying_party::NONE), ("packed", relying_party::PACKED), ("assertion", relying_party::ASSERTION)];
    println!("\n{:<28} {:>16} {:>16} {:>16}", "per CPU-s", "none", "packed x5c", "assertion");
    let ours: String = CEREMONIES.iter().map(|(_, name)| format!(" {:>16.0}", results.rate(name))).collect();
    println!("{:<28}{ours}", "Assay");
    for peer in peers {
        let rates = CEREMONIES.iter().map(|(ceremony, name)| match peer.rate(ceremony) {
            Some(rate) => format!(" {rate:>9.0} {:>5.1}x", results.rate(name) / rate),
            None => format!(" {:>16}", "-"),
        });
        println!("{:<28}{}", peer.name, rates.collect::<String>());
        if let Err(why) = &peer.rates {
            println!("SKIPPED {}: {why}", peer.name);
        }
    }
}

fn print_rates(contestants: &[Contestant], results: &Results) {
    println!("{:<52} {:>12}", "", "per CPU-s");
    for contestant in contestants {
        let target = RATES.iter().find(|(what, _)| *what == contestant.name).map_or("", |(_, target)| target);
        println!("{:<52} {:>12.0} {target:>9}", contestant.name, results.rate(contestant.name));
    }
}

fn print(contestants: &[Contestant], results: &Results) {
    print_rates(contestants, results);
    println!("\n{:<52} {:>12} {:>9}", "", "ratio", "target");
    for Ratio { what, against, each, target } in RATIOS {
        let title =
            if each > 1.0 { format!("{what}\n  / ({against} / {each})") } else { format!("{what}\n  / {against}") };
        let mut lines = title.lines();
        println!("{}", lines.next().unwrap_or_default());
        println!("{:<52} {:>12.2} {target:>9}", lines.next().unwrap_or_default(), results.ratio(what, against) * each);
    }
}
