use std::thread;
use std::time::{Duration, Instant};

use assay_authenticator_sim::env::{Person as _, Prompt, Purpose, Touch, Visitor};
use assay_authenticator_sim::operation::Operation;

use super::{Asked, Late, TouchMode, answer, read, words};

const LONG: Duration = Duration::from_secs(60);

fn prompt() -> Prompt {
    Prompt { purpose: Purpose::SignIn, rp_id: Some("example.org".to_owned()), account: Some("ada".to_owned()) }
}

#[test]
fn modes_are_read() {
    let rows = [
        ("ask", TouchMode::Ask),
        ("auto", TouchMode::Auto),
        ("never", TouchMode::Never),
        ("deny", TouchMode::Deny),
        ("http", TouchMode::Http),
        ("delay=1.5", TouchMode::Delay(Duration::from_millis(1500))),
        ("delay=0", TouchMode::Delay(Duration::ZERO)),
    ];
    for (text, mode) in rows {
        assert_eq!(TouchMode::parse(text), Ok(mode));
    }
    for text in ["", "Ask", "delay", "delay=", "delay=-1", "delay=NaN", "delay=1e99", "delay=1s"] {
        assert!(TouchMode::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn what_is_asked_is_told_without_what_steers_a_terminal() {
    assert_eq!(words(&prompt()), "sign in at example.org as ada");
    let hostile = Prompt { account: Some("a\u{1b}[2Jb\r\n".to_owned()), ..prompt() };
    assert_eq!(words(&hostile), "sign in at example.org as a[2Jb");
    let long = Prompt { account: Some("x".repeat(9000)), ..prompt() };
    assert!(words(&long).len() < 200);
    assert!(words(&Prompt { purpose: Purpose::Reset, rp_id: None, account: None }).contains("ERASE"));
}

#[test]
fn lines_are_read() {
    let rows = [
        ("", Some((None, Touch::Given))),
        ("  ", Some((None, Touch::Given))),
        ("n", Some((None, Touch::Denied))),
        ("2", Some((Some(2), Touch::Given))),
        ("2n", Some((Some(2), Touch::Denied))),
        ("2 n", Some((Some(2), Touch::Denied))),
        ("yes", None),
        ("-1", None),
    ];
    for (line, expected) in rows {
        assert_eq!(read(line), expected, "{line:?}");
    }
}

/// Lines that come before anything is asked touch nothing.
#[test]
fn the_key_that_asks_is_touched() {
    let (mut first, one) = Visitor::new(LONG);
    let (_second, two) = Visitor::new(LONG);
    let keys = [(1, one.clone()), (2, two)];
    answer(&b"\n1\n2\n"[..], &keys);
    let asking = thread::spawn(move || first.touch(&prompt(), &Operation::new()));
    one.wait_for_prompt(LONG).unwrap();
    answer(&b"2\nwhat\n1n\n"[..], &keys);
    assert_eq!(asking.join().unwrap(), Touch::Denied);
}

#[test]
fn a_late_touch_can_be_cancelled() {
    assert_eq!(Late { delay: Duration::ZERO, due: None }.touch(&prompt(), &Operation::new()), Touch::Given);
    let operation = Operation::new();
    operation.cancel();
    assert_eq!(Late { delay: LONG, due: None }.touch(&prompt(), &operation), Touch::Cancelled);
}

/// Asked again and again, it touches once its time has come, and then anew.
#[test]
fn a_late_touch_is_not_waited_for() {
    let mut at_once = Late { delay: Duration::ZERO, due: None };
    let mut late = Late { delay: LONG, due: None };
    for _ in 0..2 {
        assert_eq!(at_once.glance(&prompt()), Some(Touch::Given));
        assert_eq!(late.glance(&prompt()), None);
    }
    late.due = Some(Instant::now());
    assert_eq!((late.glance(&prompt()), late.glance(&prompt())), (Some(Touch::Given), None));
    late.due = Some(Instant::now());
    late.dismiss();
    assert_eq!(late.glance(&prompt()), None);
}

/// Who touches it because it is asked holds it as long as that takes.
#[test]
fn a_late_touch_is_as_long_as_it_is_wanted() {
    for (purpose, touch) in [(Purpose::ResetByLongTouch, Touch::Held), (Purpose::Reset, Touch::Given)] {
        let mut late = Late { delay: Duration::ZERO, due: None };
        assert_eq!(late.touch(&Prompt { purpose, ..prompt() }, &Operation::new()), touch);
    }
}

/// At the terminal, the question stands until it is answered or no longer asked.
#[test]
fn a_question_is_put_once() {
    let (visitor, hand) = Visitor::new(LONG);
    let mut asked = Asked { name: "sim".to_owned(), visitor };
    for touch in [Touch::Given, Touch::Denied] {
        assert_eq!((asked.glance(&prompt()), asked.glance(&prompt())), (None, None));
        assert_eq!(hand.prompt(), Some(prompt()));
        assert!(hand.answer(touch));
        assert_eq!((asked.glance(&prompt()), hand.prompt()), (Some(touch), None));
    }
    asked.glance(&prompt());
    assert!(hand.answer(Touch::Given));
    asked.dismiss();
    assert_eq!((hand.prompt(), asked.glance(&prompt())), (None, None));
}
