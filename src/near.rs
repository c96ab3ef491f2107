//! What somebody may have meant.

/// The least likeness, of 1, that is worth a question.
const ALIKE: f64 = 0.8;

/// The most names that are proposed.
const MOST: usize = 3;

/// `: did you mean A, B or C?`, the likeliest first; empty where no name is like it.
pub(crate) fn to<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> String {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let word = plain(word);
    let mut alike: Vec<(f64, &str)> = names
        .map(|name| {
            let known = plain(name);
            let inside = !word.is_empty() && known.contains(&word);
            (if inside { 1.0 } else { strsim::jaro_winkler(&word, &known) }, name)
        })
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|(left, first), (right, second)| right.total_cmp(left).then(first.cmp(second)));
    // Several models may have one name.
    alike.dedup_by(|(_, one), (_, other)| one == other);
    alike.truncate(MOST);
    let names: Vec<&str> = alike.into_iter().map(|(_, name)| name).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => format!(": did you mean {only}?"),
        [first @ .., last] => format!(": did you mean {} or {last}?", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::to;

    #[test]
    fn the_likeliest_come_first() {
        let names = ["ctap_mc_flags", "ctap_ga_flags", "ctap_mc_rp", "ctaphid_ping"];
        let rows = [
            ("ctap_mc_flag", ": did you mean ctap_mc_flags"),
            ("CTAP-MC-FLAGS", ": did you mean ctap_mc_flags"),
            ("ping", ": did you mean ctaphid_ping?"),
        ];
        for (word, expected) in rows {
            let said = to(word, names.into_iter());
            assert!(said.starts_with(expected), "{word}: {said}");
        }
        let models = ["Made Up Key", "Made Up Phone", "Made Up Phone"];
        assert_eq!(to("made up fone", models.into_iter()), ": did you mean Made Up Phone or Made Up Key?");
        assert_eq!(to("zzzz", names.into_iter()), "");
        assert_eq!(to("", names.into_iter()), "");
    }
}
