//! A key and a small model of it do the same random things, and have to agree after each. The model is written
//! from the text, by numbers and lists: PIN, tries, token and credentials (CTAP 2.3 6.1, 6.2, 6.3, 6.5, 6.6).
//! Two thousand steps; a million with `ASSAY_LONG=1`.

mod key;
mod reference;

use std::env;

use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::defect::Defect;
use assay_protocol::ctap2::Status;

use self::key::Key;
use self::reference::Model;

/// So many PINs, RPs and users are enough for every clash.
const PINS: [&str; 3] = ["2580", "13579", "correct horse"];
const RPS: [&str; 3] = ["example.org", "example.com", "login.example.net"];
const USERS: usize = 3;

/// How many lives are led, each from a new key on.
const LIFE: u32 = 250;

/// What a step does. Numbers are places in the lists above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    SetPin {
        pin: usize,
    },
    ChangePin {
        old: usize,
        new: usize,
    },
    Retries,
    /// By getPinUvAuthTokenUsingPinWithPermissions; permissions 1 mc, 2 ga.
    Token {
        pin: usize,
        permissions: u64,
        rp: usize,
    },
    /// By getPinToken: mc and ga, for whichever RP comes first.
    LegacyToken {
        pin: usize,
    },
    Make {
        rp: usize,
        user: usize,
        rk: bool,
        by: By,
    },
    /// Of the credential at this place of all that were ever made, or whichever there is.
    Assert {
        rp: usize,
        listed: Option<usize>,
        by: By,
    },
    Next,
    PowerCycle,
    Reset,
}

/// Who vouches for a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Nobody,
    /// The token that was got last, whether it is still one or not.
    Token,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Status(Status),
    Tries {
        left: u64,
        power_cycle: bool,
    },
    /// Made, verified or not.
    Made {
        verified: bool,
    },
    /// Signed by the credential at this place of all that were made, one of so many, verified or not.
    Signed {
        credential: usize,
        of: Option<u64>,
        verified: bool,
    },
}

#[test]
fn a_key_does_what_its_model_does() {
    let steps = if env::var_os("ASSAY_LONG").is_some_and(|long| long == "1") { 1_000_000 } else { 2_000 };
    assert_eq!(disagreement(&KeyConfig::security_key(), steps), None);
}

/// And what does something else is noticed.
#[test]
fn a_key_that_is_wrong_disagrees() {
    for defect in [
        Defect::GaTokenSpent,
        Defect::McTokenSpent,
        Defect::McTokenRp,
        Defect::PinRetries,
        Defect::PinRetriesRestored,
        Defect::PinAuthBlocked,
        Defect::ChangePinTokens,
        Defect::TokenBinding,
        Defect::NewestFirst,
        Defect::NumberOfCredentials,
        Defect::RpBinding,
        Defect::DiscoverableRp,
        Defect::ResetPin,
        Defect::ResetDiscoverable,
    ] {
        let config = KeyConfig { defects: [defect].into(), ..KeyConfig::security_key() };
        assert!(disagreement(&config, 5_000).is_some(), "{defect}");
    }
}

/// Where the two part, and all that was done before.
fn disagreement(config: &KeyConfig, steps: u32) -> Option<String> {
    let mut dice = Dice(0x5eed_0fa5_5a77);
    for life in 0..steps.div_ceil(LIFE) {
        let (mut key, mut model, mut before) = (Key::new(config, life), Model::default(), Vec::new());
        for _ in 0..LIFE {
            let step = dice.step(model.made());
            let (done, expected) = (key.take(step), model.take(step));
            before.push(format!("{step:?} -> {done:?}"));
            if done != expected {
                return Some(format!("life {life}, {expected:?} expected, after {before:#?}"));
            }
        }
    }
    None
}

/// Always the same (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % u64::try_from(limit).unwrap()).unwrap()
    }

    fn step(&mut self, made: usize) -> Step {
        let (rp, pin) = (self.below(RPS.len()), self.below(PINS.len()));
        let by = if self.below(2) == 0 { By::Nobody } else { By::Token };
        match self.below(40) {
            0..2 => Step::SetPin { pin },
            2..5 => Step::ChangePin { old: pin, new: self.below(PINS.len()) },
            5..7 => Step::Retries,
            7..15 => Step::Token { pin, permissions: [1, 2, 3][self.below(3)], rp },
            15..17 => Step::LegacyToken { pin },
            17..25 => Step::Make { rp, user: self.below(USERS), rk: self.below(2) == 0, by },
            25..33 => {
                let listed = (made > 0 && self.below(2) == 0).then(|| self.below(made));
                Step::Assert { rp, listed, by }
            }
            33..37 => Step::Next,
            37..39 => Step::PowerCycle,
            _ if self.below(4) == 0 => Step::Reset,
            _ => Step::Retries,
        }
    }
}
