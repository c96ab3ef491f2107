use std::time::Duration;

use assay_protocol::ctap2::client_pin::permission::{GA, LBW, MC};
use assay_protocol::pin_uv::{Protocol, Token};

use super::{Grant, PinUvAuthToken};
use crate::env::SeededRng;

const START: Duration = Duration::from_secs(5);

fn fresh() -> PinUvAuthToken {
    PinUvAuthToken::new(Protocol::Two, &mut SeededRng::new([1; 32]))
}

fn begun(permissions: u64, rp_id: Option<&str>) -> (PinUvAuthToken, Token) {
    let mut token = fresh();
    let bytes = token.begin(START, Grant { permissions, rp_id: rp_id.map(str::to_owned) }, false).to_vec();
    (token, Token::new(Protocol::Two, bytes).unwrap())
}

#[test]
fn an_unused_token_is_void_after_half_a_minute() {
    for (age, alive) in [(30, true), (31, false)] {
        let (mut token, platform) = begun(MC, None);
        token.observe(START + Duration::from_secs(age));
        assert_eq!(token.verify(b"m", &platform.authenticate(b"m")), alive, "{age}");
    }
}

#[test]
fn a_used_token_is_void_after_ten_minutes() {
    for (age, alive) in [(31, true), (600, true), (601, false)] {
        let (mut token, platform) = begun(MC, None);
        assert!(token.verify(b"m", &platform.authenticate(b"m")));
        token.observe(START + Duration::from_secs(age));
        assert_eq!(token.verify(b"m", &platform.authenticate(b"m")), alive, "{age}");
    }
}

#[test]
fn a_token_not_in_use_verifies_nothing() {
    let (mut token, platform) = begun(MC, None);
    token.reset(&mut SeededRng::new([2; 32]));
    assert!(!token.verify(b"m", &platform.authenticate(b"m")));
    assert!(!token.permits(MC, "a"));
}

#[test]
fn the_first_use_binds() {
    let (mut token, _) = begun(MC | GA, None);
    assert!(token.permits(GA, "a"));
    assert!(!token.permits(MC, "b"));
    assert!(token.permits(MC, "a"));
    let (mut bound, _) = begun(MC, Some("a"));
    assert!(!bound.permits(MC, "b"));
    assert!(!bound.permits(GA, "a"));
}

#[test]
fn a_touch_spends_all_but_large_blob_writes() {
    let (mut token, platform) = begun(MC | GA | LBW, Some("a"));
    token.spend();
    assert!(token.verify(b"m", &platform.authenticate(b"m")));
    assert!(!token.permits(GA, "a"));
    assert_eq!(token.in_use.as_ref().unwrap().grant.permissions, LBW);
}

#[test]
fn tickets_die_with_their_token() {
    let (mut token, _) = begun(GA, None);
    let ticket = token.ticket();
    assert!(token.honours(ticket));
    token.reset(&mut SeededRng::new([2; 32]));
    assert!(!token.honours(ticket));
}
