use std::thread::{self, JoinHandle};
use std::time::Duration;

use assay_authenticator_sim::env::{Person as _, Prompt, Purpose, Touch};
use assay_authenticator_sim::operation::Operation;

use super::Finger;

const LONG: Duration = Duration::from_secs(60);

fn prompt(purpose: Purpose) -> Prompt {
    Prompt { purpose, rp_id: None, account: None }
}

/// Asks for a touch, and returns when that is known to the finger.
fn ask(finger: &Finger, purpose: Purpose) -> JoinHandle<Touch> {
    let mut asked = finger.clone();
    let waiting = thread::spawn(move || asked.touch(&prompt(purpose), &Operation::new()));
    let pressed = finger.lock();
    drop(finger.pressed.1.wait_while(pressed, |pressed| pressed.asked.is_none()).unwrap());
    waiting
}

#[test]
fn it_answers_while_it_is_down() {
    let mut finger = Finger::new(LONG, LONG);
    let other = finger.clone();
    other.press(true);
    assert!(finger.is_down());
    for _ in 0..2 {
        assert_eq!(finger.touch(&prompt(Purpose::SignIn), &Operation::new()), Touch::Given);
    }
    other.press(false);
    let cancelled = Operation::new();
    cancelled.cancel();
    assert_eq!(finger.touch(&prompt(Purpose::SignIn), &cancelled), Touch::Cancelled);
    let mut hasty = Finger { patience: Duration::ZERO, ..finger.clone() };
    assert_eq!(hasty.touch(&prompt(Purpose::SignIn), &Operation::new()), Touch::TimedOut);
    let waiting = ask(&finger, Purpose::SignIn);
    other.press(true);
    assert_eq!(waiting.join().unwrap(), Touch::Given);
}

/// However soon it is lifted again.
#[test]
fn a_short_touch_is_one() {
    let finger = Finger::new(LONG, LONG);
    let waiting = ask(&finger, Purpose::SignIn);
    finger.press(true);
    finger.press(false);
    assert_eq!(waiting.join().unwrap(), Touch::Given);
}

#[test]
fn a_long_touch_is_a_finger_that_stays_down() {
    let rows = [
        (Purpose::ResetByLongTouch, Duration::ZERO, Touch::Held),
        (Purpose::Reset, Duration::ZERO, Touch::Given),
        (Purpose::Reset, LONG, Touch::Given),
    ];
    for (purpose, long, touch) in rows {
        let finger = Finger::new(LONG, long);
        let waiting = ask(&finger, purpose);
        finger.press(true);
        assert_eq!(waiting.join().unwrap(), touch, "{purpose:?} {long:?}");
    }
    // Lifted too early, before or while it is held.
    let finger = Finger::new(LONG, LONG);
    let waiting = ask(&finger, Purpose::ResetByLongTouch);
    finger.press(true);
    finger.press(false);
    assert_eq!(waiting.join().unwrap(), Touch::Given);
    finger.press(true);
    let mut asked = finger.clone();
    let waiting = thread::spawn(move || asked.touch(&prompt(Purpose::ResetByLongTouch), &Operation::new()));
    while !waiting.is_finished() {
        finger.press(true);
        finger.press(false);
    }
    assert_eq!(waiting.join().unwrap(), Touch::Given);
    // Given up while it is held.
    finger.press(true);
    let operation = Operation::new();
    let (mut asked, cancelled) = (finger.clone(), operation.clone());
    let waiting = thread::spawn(move || asked.touch(&prompt(Purpose::ResetByLongTouch), &cancelled));
    operation.cancel();
    assert_eq!(waiting.join().unwrap(), Touch::Cancelled);
}

/// Asked again and again, it is not waited for, and a touch between two questions answers the second.
#[test]
fn a_touch_between_two_questions_counts() {
    let mut finger = Finger::new(LONG, LONG);
    let sign_in = prompt(Purpose::SignIn);
    let touched = |finger: &Finger| {
        finger.press(true);
        finger.press(false);
    };
    touched(&finger);
    assert_eq!((finger.glance(&sign_in), finger.glance(&sign_in)), (None, None), "it came before the question");
    touched(&finger);
    assert_eq!((finger.glance(&sign_in), finger.glance(&sign_in)), (Some(Touch::Given), None));
    touched(&finger);
    finger.dismiss();
    assert_eq!(finger.glance(&sign_in), None);
    finger.press(true);
    assert_eq!((finger.glance(&sign_in), finger.glance(&sign_in)), (Some(Touch::Given), Some(Touch::Given)));
}
