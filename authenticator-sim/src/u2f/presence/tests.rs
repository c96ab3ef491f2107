use std::time::Duration;

use assay_mint::lab::Lab;
use assay_protocol::u2f::apdu::open;
use assay_protocol::u2f::{Control, Registration, Request, StatusWord};

use crate::attestation::U2fAttestation;
use crate::authenticator::Authenticator;
use crate::config::KeyConfig;
use crate::env::{Env, ManualClock, Prompt, Purpose, Touch, TouchHandle, Visitor};
use crate::operation::Operation;
use crate::testing::HASH;

const ONE: [u8; 32] = [1; 32];
const OTHER: [u8; 32] = [2; 32];

/// A key whose person can take any time, and what happens to it.
struct Desk {
    key: Authenticator,
    hand: TouchHandle,
    clock: ManualClock,
    key_handle: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// REGISTER for this application: is it answered?
    Register([u8; 32], bool),
    /// AUTHENTICATE for the first one: is it answered?
    Sign(Control, bool),
    /// AUTHENTICATE with a key handle of nobody's.
    SignUnknown,
    /// VERSION.
    Version,
    /// The person does this; was anything asked?
    Hand(Touch, bool),
    /// Seconds go by.
    Wait(u64),
    /// The key loses its power for a moment.
    Power,
    /// authenticatorSelection, given up at once.
    Select,
}

use Step::{Hand, Power, Register, Select, Sign, SignUnknown, Version, Wait};

impl Desk {
    fn new() -> Self {
        // Whoever waited for this person would wait for ever.
        let (visitor, hand) = Visitor::new(Duration::from_secs(1 << 32));
        let clock = ManualClock::new();
        let env = Env { person: Box::new(visitor), clock: Box::new(clock.clone()), ..Env::seeded([0x5e; 32]) };
        let u2f = U2fAttestation::new(&Lab::new([3; 32], 1_795_000_000).u2f("test")).unwrap();
        let key = Authenticator::new(KeyConfig { u2f: Some(u2f), ..KeyConfig::ctap_2_3() }, env).unwrap();
        let mut desk = Self { key, hand, clock, key_handle: Vec::new() };
        desk.register(ONE).unwrap_err();
        assert!(desk.hand.answer(Touch::Given));
        desk.key_handle = Registration::parse(&desk.register(ONE).unwrap()).unwrap().key_handle;
        desk
    }

    fn send(&mut self, request: &Request) -> Result<Vec<u8>, StatusWord> {
        let answer = self.key.handle_u2f(&request.to_bytes());
        open(&answer).map(<[u8]>::to_vec)
    }

    fn register(&mut self, application: [u8; 32]) -> Result<Vec<u8>, StatusWord> {
        self.send(&Request::Register { challenge: HASH, application })
    }

    fn sign(&mut self, control: Control, key_handle: Vec<u8>) -> Result<Vec<u8>, StatusWord> {
        self.send(&Request::Authenticate { control, challenge: HASH, application: ONE, key_handle })
    }

    fn asked(&self) -> Option<Purpose> {
        self.hand.prompt().map(|Prompt { purpose, .. }| purpose)
    }

    fn take(&mut self, what: &str, step: Step) {
        let answered = |answer: Result<Vec<u8>, StatusWord>| match answer {
            Ok(_) => true,
            Err(StatusWord::CONDITIONS_NOT_SATISFIED) => false,
            Err(other) => panic!("{other}"),
        };
        match step {
            Register(application, expected) => assert_eq!(answered(self.register(application)), expected, "{what}"),
            Sign(control, expected) => {
                assert_eq!(answered(self.sign(control, self.key_handle.clone())), expected, "{what}")
            }
            SignUnknown => {
                let refused = self.sign(Control::EnforceUserPresence, vec![9; 64]);
                assert_eq!(refused.unwrap_err(), StatusWord::WRONG_DATA, "{what}");
            }
            Version => assert!(self.send(&Request::Version).is_ok(), "{what}"),
            Hand(touch, expected) => assert_eq!(self.hand.answer(touch), expected, "{what}"),
            Wait(seconds) => self.clock.advance(Duration::from_secs(seconds)),
            Power => self.key.power_cycle(),
            Select => {
                let given_up = Operation::new();
                given_up.cancel();
                self.key.handle(&[0x0b], &given_up);
            }
        }
    }
}

const TOUCH: Step = Hand(Touch::Given, true);
const NOTHING_IS_ASKED: Step = Hand(Touch::Given, false);
const SIGN: Control = Control::EnforceUserPresence;

#[test]
fn a_touch_counts_for_the_next_request_of_its_kind() {
    let rows: [(&str, &[Step]); 19] = [
        ("it is told at once, each time", &[Register(ONE, false), Register(ONE, false), Register(ONE, false)]),
        ("a touch answers, once", &[Register(ONE, false), TOUCH, Register(ONE, true), Register(ONE, false)]),
        ("so with a signature", &[Sign(SIGN, false), Sign(SIGN, false), TOUCH, Sign(SIGN, true), Sign(SIGN, false)]),
        ("nobody is asked before", &[NOTHING_IS_ASKED, Register(ONE, false)]),
        ("nor after", &[Register(ONE, false), TOUCH, Register(ONE, true), NOTHING_IS_ASKED]),
        ("one touch is enough", &[Register(ONE, false), TOUCH, NOTHING_IS_ASKED, Register(ONE, true)]),
        (
            "who has declined is not asked again and again",
            &[
                Register(ONE, false),
                Hand(Touch::Denied, true),
                Register(ONE, false),
                NOTHING_IS_ASKED,
                Wait(10),
                Register(ONE, false),
                NOTHING_IS_ASKED,
                Wait(11),
                Register(ONE, false),
                TOUCH,
                Register(ONE, true),
            ],
        ),
        (
            "but something else",
            &[Register(ONE, false), Hand(Touch::Denied, true), Register(ONE, false), Register(OTHER, false), TOUCH],
        ),
        ("not for another command", &[Register(ONE, false), TOUCH, Sign(SIGN, false), Register(ONE, false)]),
        ("nor for another application", &[Register(ONE, false), TOUCH, Register(OTHER, false), Register(ONE, false)]),
        ("ten seconds later it does", &[Register(ONE, false), TOUCH, Wait(10), Register(ONE, true)]),
        (
            "eleven are too many",
            &[Register(ONE, false), TOUCH, Wait(11), Register(ONE, false), TOUCH, Register(ONE, true)],
        ),
        (
            "since it was asked last",
            &[Register(ONE, false), Wait(8), Register(ONE, false), Wait(8), TOUCH, Register(ONE, true)],
        ),
        ("not without power in between", &[Register(ONE, false), TOUCH, Power, NOTHING_IS_ASKED, Register(ONE, false)]),
        ("nor with another question", &[Register(ONE, false), TOUCH, Select, NOTHING_IS_ASKED, Register(ONE, false)]),
        (
            "what asks nobody does not matter",
            &[Sign(SIGN, false), TOUCH, Version, SignUnknown, Sign(Control::CheckOnly, false), Sign(SIGN, true)],
        ),
        ("a check asks nobody", &[Sign(Control::CheckOnly, false), NOTHING_IS_ASKED]),
        ("nor what wants no touch", &[Sign(Control::DontEnforceUserPresence, true), NOTHING_IS_ASKED]),
        ("nor an unknown handle", &[SignUnknown, NOTHING_IS_ASKED]),
    ];
    for (what, steps) in rows {
        let mut desk = Desk::new();
        for (number, step) in steps.iter().enumerate() {
            desk.take(&format!("{what}: step {number}, {step:?}"), *step);
        }
    }
}

#[test]
fn the_person_is_asked_what_is_wanted() {
    let mut desk = Desk::new();
    assert_eq!(desk.asked(), None);
    for (step, asked) in
        [(Register(ONE, false), Some(Purpose::Register)), (Sign(SIGN, false), Some(Purpose::SignIn)), (Select, None)]
    {
        desk.take("a question", step);
        assert_eq!(desk.asked(), asked, "{step:?}");
    }
}
