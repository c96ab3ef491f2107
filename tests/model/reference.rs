//! The model: what the text makes of each step.

use assay_protocol::ctap2::Status;

use super::{By, Outcome, Step};

/// Wrong PINs before the PIN is blocked (6.5.2.2).
const TRIES: u64 = 8;

/// Wrong PINs in a row before the key wants to be plugged in again.
const IN_A_ROW: u64 = 3;

/// What there is to know of a key.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pin: Option<usize>,
    wrong: u64,
    in_a_row: u64,
    /// The token in use: the one that was got last.
    token: Option<Token>,
    /// Every credential that was ever made.
    credentials: Vec<Credential>,
    /// What authenticatorGetNextAssertion has yet to answer with, and whether verified.
    next: Option<(Vec<usize>, bool)>,
}

#[derive(Debug, Clone, Copy)]
struct Token {
    permissions: u64,
    rp: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Credential {
    rp: usize,
    user: usize,
    rk: bool,
    gone: bool,
}

impl Model {
    /// How many credentials were ever made.
    pub(super) fn made(&self) -> usize {
        self.credentials.len()
    }

    pub(super) fn take(&mut self, step: Step) -> Outcome {
        // Any command but this one ends what could be continued.
        let next = self.next.take();
        let done = match step {
            Step::SetPin { pin } => self.set_pin(pin),
            Step::ChangePin { old, new } => self.try_pin(old).map(|()| {
                self.pin = Some(new);
                self.token = None;
                Outcome::Status(Status::OK)
            }),
            Step::Retries => Ok(Outcome::Tries { left: TRIES - self.wrong, power_cycle: self.in_a_row >= IN_A_ROW }),
            Step::Token { pin, permissions, rp } => self.get(pin, Token { permissions, rp: Some(rp) }),
            Step::LegacyToken { pin } => self.get(pin, Token { permissions: 3, rp: None }),
            Step::Make { rp, user, rk, by } => self.make(rp, user, rk, by),
            Step::Assert { rp, listed, by } => self.assert(rp, listed, by),
            Step::Next => self.continued(next),
            Step::PowerCycle => {
                self.token = None;
                self.in_a_row = 0;
                Ok(Outcome::Status(Status::OK))
            }
            Step::Reset => {
                let mut credentials = std::mem::take(&mut self.credentials);
                credentials.iter_mut().for_each(|credential| credential.gone = true);
                *self = Self { credentials, ..Self::default() };
                Ok(Outcome::Status(Status::OK))
            }
        };
        done.unwrap_or_else(Outcome::Status)
    }

    /// 6.5.5.5.
    fn set_pin(&mut self, pin: usize) -> Result<Outcome, Status> {
        if self.pin.is_some() {
            return Err(Status::PIN_AUTH_INVALID);
        }
        self.pin = Some(pin);
        (self.wrong, self.in_a_row) = (0, 0);
        Ok(Outcome::Status(Status::OK))
    }

    /// 6.5.5.6 and 6.5.5.7: the tries are looked at, then the PIN.
    fn try_pin(&mut self, pin: usize) -> Result<(), Status> {
        let right = self.pin.ok_or(Status::PIN_NOT_SET)?;
        self.may_try()?;
        if pin == right {
            (self.wrong, self.in_a_row) = (0, 0);
            return Ok(());
        }
        self.wrong += 1;
        self.in_a_row += 1;
        self.may_try()?;
        Err(Status::PIN_INVALID)
    }

    fn may_try(&self) -> Result<(), Status> {
        if self.wrong == TRIES {
            return Err(Status::PIN_BLOCKED);
        }
        if self.in_a_row >= IN_A_ROW {
            return Err(Status::PIN_AUTH_BLOCKED);
        }
        Ok(())
    }

    fn get(&mut self, pin: usize, token: Token) -> Result<Outcome, Status> {
        self.try_pin(pin)?;
        self.token = Some(token);
        Ok(Outcome::Status(Status::OK))
    }

    /// 6.1.2 step 11 and 6.2.2 step 6: is the user verified?
    fn verified(&mut self, by: By, permission: u64, rp: usize) -> Result<bool, Status> {
        // What is not protected looks at no parameter.
        if by == By::Nobody || self.pin.is_none() {
            return Ok(false);
        }
        let token = self.token.as_mut().filter(|token| token.permissions & permission != 0);
        let token = token.ok_or(Status::PIN_AUTH_INVALID)?;
        match token.rp {
            Some(other) if other != rp => return Err(Status::PIN_AUTH_INVALID),
            Some(_) => {}
            None => token.rp = Some(rp),
        }
        Ok(true)
    }

    /// A touch spends what the token allows, whether or not it was shown (6.1.2 step 14, 6.2.2 step 9).
    fn spend(&mut self) {
        if let Some(token) = &mut self.token {
            token.permissions = 0;
        }
    }

    /// 6.1.2.
    fn make(&mut self, rp: usize, user: usize, rk: bool, by: By) -> Result<Outcome, Status> {
        if by == By::Nobody && self.pin.is_some() && rk {
            return Err(Status::PUAT_REQUIRED);
        }
        let verified = self.verified(by, 1, rp)?;
        self.spend();
        if rk {
            let same = |old: &&mut Credential| old.rk && (old.rp, old.user) == (rp, user);
            self.credentials.iter_mut().filter(same).for_each(|old| old.gone = true);
        }
        self.credentials.push(Credential { rp, user, rk, gone: false });
        Ok(Outcome::Made { verified })
    }

    /// 6.2.2.
    fn assert(&mut self, rp: usize, listed: Option<usize>, by: By) -> Result<Outcome, Status> {
        let verified = self.verified(by, 2, rp)?;
        let fits = |at: &usize| self.credentials[*at].rp == rp && !self.credentials[*at].gone;
        let mut found: Vec<usize> = match listed {
            Some(at) => Some(at).into_iter().filter(fits).collect(),
            None => (0..self.credentials.len()).filter(|at| self.credentials[*at].rk).filter(fits).collect(),
        };
        let credential = found.pop().ok_or(Status::NO_CREDENTIALS)?;
        self.spend();
        let of = (!found.is_empty()).then(|| u64::try_from(found.len() + 1).unwrap());
        if of.is_some() {
            self.next = Some((found, verified));
        }
        Ok(Outcome::Signed { credential, of, verified })
    }

    /// 6.3: newest first.
    fn continued(&mut self, next: Option<(Vec<usize>, bool)>) -> Result<Outcome, Status> {
        let (mut rest, verified) = next.ok_or(Status::NOT_ALLOWED)?;
        let credential = rest.pop().ok_or(Status::NOT_ALLOWED)?;
        self.next = Some((rest, verified));
        Ok(Outcome::Signed { credential, of: None, verified })
    }
}
