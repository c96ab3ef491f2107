use std::collections::BTreeSet;

use super::*;

#[test]
fn the_suite_is_sound_under_every_profile() {
    for profile in PROFILES {
        let suite = suite(profile);
        assert_eq!(suite.faults(), Vec::<String>::new(), "{profile}");
        let bare: Vec<&str> = suite
            .headers()
            .filter(|header| header.given.is_empty() || header.sends.is_empty() || header.expects.is_empty())
            .map(|header| header.id.as_str())
            .collect();
        assert_eq!(bare, Vec::<&str>::new(), "{profile}: cases that do not say what they do");
    }
}

#[test]
fn hardened_asks_more_than_w3c() {
    let ids = |profile| suite(profile).headers().map(|header| header.id.clone()).collect::<BTreeSet<_>>();
    let (w3c, hardened) = (ids("w3c-l3"), ids("hardened"));
    assert!(w3c.len() > 250, "{}", w3c.len());
    assert!(hardened.len() > w3c.len() + 50, "{} {}", hardened.len(), w3c.len());
    assert_eq!(w3c.difference(&hardened).collect::<Vec<_>>(), Vec::<&String>::new());
}
