//! The person in front of an authenticator.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use assay_protocol::ctap2::bio_enrollment::SampleStatus;

use crate::operation::Operation;

/// Somebody who can touch the authenticator.
pub trait Person: Send {
    /// Waits for an answer. An operation that is cancelled meanwhile is answered by
    /// [`Touch::Cancelled`], soon.
    fn touch(&mut self, prompt: &Prompt, operation: &Operation) -> Touch;

    /// Waits for something on the sensor; who says nothing else touches it with [`OWNER`]'s finger.
    fn scan(&mut self, prompt: &Prompt, operation: &Operation) -> Scan {
        Scan::of(self.touch(prompt, operation))
    }

    /// What has become of a question that a platform asks again and again (CTAP1), without waiting; nothing as long as
    /// there is no answer. The first time puts it to the person, and an answer is given once.
    fn glance(&mut self, prompt: &Prompt) -> Option<Touch>;

    /// That question is asked no longer, whatever has become of it.
    fn dismiss(&mut self) {}
}

/// A finger of whom the authenticator belongs to; all other numbers are other fingers.
pub const OWNER: u64 = 1;

/// What a sensor sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scan {
    /// This finger.
    Finger(u64),
    /// A finger, but nothing can be made of it.
    Bad(SampleStatus),
    /// Nothing: the person declines.
    Denied,
    /// Nothing, for as long as the authenticator waits.
    TimedOut,
    /// Nothing, because the platform has given up.
    Cancelled,
}

impl Scan {
    /// A touch with [`OWNER`]'s finger.
    pub fn of(touch: Touch) -> Self {
        match touch {
            Touch::Given | Touch::Held => Self::Finger(OWNER),
            Touch::Denied => Self::Denied,
            Touch::TimedOut => Self::TimedOut,
            Touch::Cancelled => Self::Cancelled,
        }
    }
}

/// What the person is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Why.
    pub purpose: Purpose,
    /// For which RP ID, where there is one.
    pub rp_id: Option<String>,
    /// For which account, where it is known.
    pub account: Option<String>,
}

/// Why a touch is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To register.
    Register,
    /// To sign in.
    SignIn,
    /// To show which authenticator is meant.
    Select,
    /// To erase everything.
    Reset,
    /// To erase everything, by a long touch.
    ResetByLongTouch,
    /// To be verified.
    Verify,
    /// To have a finger enrolled.
    Enroll,
}

/// What the person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Touch {
    /// Touches it.
    Given,
    /// Touches it for as long as a long touch takes.
    Held,
    /// Declines.
    Denied,
    /// Does nothing for as long as the authenticator waits.
    TimedOut,
    /// Is no longer asked, because the platform has given up.
    Cancelled,
}

/// Always the same answer, at once; cancelled operations are noticed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Always(pub Touch);

/// Answers by a list, then by its last resort. Clones share the list, and what was asked.
#[derive(Debug, Clone)]
pub struct Script {
    shared: Arc<Mutex<Scripted>>,
}

#[derive(Debug)]
struct Scripted {
    answers: VecDeque<Touch>,
    scans: VecDeque<Scan>,
    otherwise: Touch,
    asked: Vec<Prompt>,
}

/// A person who answers from another thread; see [`TouchHandle`].
#[derive(Debug)]
pub struct Visitor {
    desk: Arc<Desk>,
    patience: Duration,
}

/// Where prompts are seen and touches given.
#[derive(Debug, Clone)]
pub struct TouchHandle {
    desk: Arc<Desk>,
}

#[derive(Debug, Default)]
struct Desk {
    state: Mutex<DeskState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct DeskState {
    prompt: Option<Prompt>,
    answer: Option<Touch>,
}

/// How often a waiting person looks whether the operation was cancelled.
const GLANCE: Duration = Duration::from_millis(5);

impl Person for Always {
    fn touch(&mut self, _prompt: &Prompt, operation: &Operation) -> Touch {
        if operation.is_cancelled() { Touch::Cancelled } else { self.0 }
    }

    fn glance(&mut self, _prompt: &Prompt) -> Option<Touch> {
        Some(self.0)
    }
}

impl Script {
    /// These answers in order, then always the last resort.
    pub fn new(answers: impl IntoIterator<Item = Touch>, otherwise: Touch) -> Self {
        let answers = answers.into_iter().collect();
        Self {
            shared: Arc::new(Mutex::new(Scripted { answers, scans: VecDeque::new(), otherwise, asked: Vec::new() })),
        }
    }

    /// One more answer.
    pub fn push(&self, answer: Touch) {
        self.lock().answers.push_back(answer);
    }

    /// One more thing on the sensor, before what the touches say.
    pub fn push_scan(&self, scan: Scan) {
        self.lock().scans.push_back(scan);
    }

    /// Everything asked since the last call.
    pub fn take_asked(&self) -> Vec<Prompt> {
        std::mem::take(&mut self.lock().asked)
    }

    fn lock(&self) -> MutexGuard<'_, Scripted> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Person for Script {
    fn touch(&mut self, prompt: &Prompt, operation: &Operation) -> Touch {
        let mut script = self.lock();
        script.asked.push(prompt.clone());
        let answer = script.answers.pop_front().unwrap_or(script.otherwise);
        if operation.is_cancelled() { Touch::Cancelled } else { answer }
    }

    fn scan(&mut self, prompt: &Prompt, operation: &Operation) -> Scan {
        let scan = self.lock().scans.pop_front();
        match scan {
            None => Scan::of(self.touch(prompt, operation)),
            Some(_) if operation.is_cancelled() => Scan::Cancelled,
            Some(scan) => {
                self.lock().asked.push(prompt.clone());
                scan
            }
        }
    }

    fn glance(&mut self, prompt: &Prompt) -> Option<Touch> {
        Some(self.touch(prompt, &Operation::new()))
    }
}

impl Visitor {
    /// A person of this patience, and the handle to answer by.
    pub fn new(patience: Duration) -> (Self, TouchHandle) {
        let desk = Arc::new(Desk::default());
        (Self { desk: Arc::clone(&desk), patience }, TouchHandle { desk })
    }

    /// Asks; from now on the handle's answers count.
    pub fn ask(&mut self, prompt: &Prompt) {
        let mut state = self.desk.lock();
        state.prompt = Some(prompt.clone());
        state.answer = None;
        self.desk.changed.notify_all();
    }

    /// Is something asked, answered or not?
    pub fn has_asked(&self) -> bool {
        self.desk.lock().prompt.is_some()
    }

    /// The answer to what was asked, if there is one by now; then nothing is asked any longer.
    pub fn answered(&mut self) -> Option<Touch> {
        let mut state = self.desk.lock();
        let answer = state.answer.take()?;
        state.prompt = None;
        Some(answer)
    }

    /// Waits for the answer to what was asked.
    pub fn wait(&mut self, operation: &Operation) -> Touch {
        let deadline = Instant::now() + self.patience;
        let mut state = self.desk.lock();
        let answer = loop {
            if operation.is_cancelled() {
                break Touch::Cancelled;
            }
            if let Some(answer) = state.answer.take() {
                break answer;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break Touch::TimedOut;
            }
            let wait = self.desk.changed.wait_timeout(state, left.min(GLANCE));
            (state, _) = wait.unwrap_or_else(PoisonError::into_inner);
        };
        state.prompt = None;
        state.answer = None;
        self.desk.changed.notify_all();
        answer
    }
}

impl Person for Visitor {
    fn touch(&mut self, prompt: &Prompt, operation: &Operation) -> Touch {
        self.ask(prompt);
        self.wait(operation)
    }

    fn glance(&mut self, prompt: &Prompt) -> Option<Touch> {
        if !self.has_asked() {
            self.ask(prompt);
        }
        self.answered()
    }

    fn dismiss(&mut self) {
        let mut state = self.desk.lock();
        state.prompt = None;
        state.answer = None;
    }
}

impl TouchHandle {
    /// What is being asked right now.
    pub fn prompt(&self) -> Option<Prompt> {
        self.desk.lock().prompt.clone()
    }

    /// Waits until something is asked.
    pub fn wait_for_prompt(&self, patience: Duration) -> Option<Prompt> {
        let deadline = Instant::now() + patience;
        let mut state = self.desk.lock();
        while state.prompt.is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let wait = self.desk.changed.wait_timeout(state, left);
            (state, _) = wait.unwrap_or_else(PoisonError::into_inner);
        }
        state.prompt.clone()
    }

    /// Answers what is being asked; false when nothing is.
    pub fn answer(&self, touch: Touch) -> bool {
        let mut state = self.desk.lock();
        let asked = state.prompt.is_some() && state.answer.is_none();
        if asked {
            state.answer = Some(touch);
            self.desk.changed.notify_all();
        }
        asked
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, DeskState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
