//! Who touches a served key.

mod finger;
#[cfg(test)]
mod tests;

use std::io::BufRead;
use std::thread;
use std::time::{Duration, Instant};

use assay_authenticator_sim::env::{Always, Person, Prompt, Purpose, Touch, TouchHandle, Visitor};
use assay_authenticator_sim::operation::Operation;

pub(super) use self::finger::Finger;

/// How long a touch takes until it is a long one (CTAP 2.3 7.7).
const LONG_TOUCH: Duration = Duration::from_secs(5);

/// How long a key waits for a touch; a platform gives up at about the same time.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often somebody who waits looks whether the platform has given up.
const GLANCE: Duration = Duration::from_millis(20);

/// Who touches it, as the command line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchMode {
    /// Whoever sits at the terminal.
    Ask,
    /// It is touched at once, always.
    Auto,
    /// Nobody: every request for a touch runs into its timeout, at once.
    Never,
    /// Whoever is there declines, always.
    Deny,
    /// It is touched after this time, as long as ever it is wanted.
    Delay(Duration),
    /// Whoever steers it by HTTP.
    Http,
}

impl TouchMode {
    /// Reads `ask`, `auto`, `never`, `deny`, `http` or `delay=SECONDS`.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "ask" => Ok(Self::Ask),
            "auto" => Ok(Self::Auto),
            "never" => Ok(Self::Never),
            "deny" => Ok(Self::Deny),
            "http" => Ok(Self::Http),
            _ => {
                let seconds = text.strip_prefix("delay=").and_then(|seconds| seconds.parse().ok());
                let delay = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                delay.map(Self::Delay).ok_or_else(|| "it is ask, auto, never, deny, http or delay=SECONDS".to_owned())
            }
        }
    }
}

/// The person for a key that people call `name`, and how to be that person.
pub(super) fn person(mode: TouchMode, name: &str) -> (Box<dyn Person>, Hand) {
    let always = |touch| -> (Box<dyn Person>, Hand) { (Box::new(Always(touch)), Hand::None) };
    match mode {
        // As long as ever it is wanted.
        TouchMode::Auto => always(Touch::Held),
        TouchMode::Never => always(Touch::TimedOut),
        TouchMode::Deny => always(Touch::Denied),
        TouchMode::Delay(delay) => (Box::new(Late { delay, due: None }), Hand::None),
        TouchMode::Ask => {
            let (visitor, handle) = Visitor::new(PATIENCE);
            (Box::new(Asked { name: name.to_owned(), visitor }), Hand::Terminal(handle))
        }
        TouchMode::Http => {
            let finger = Finger::new(PATIENCE, LONG_TOUCH);
            (Box::new(finger.clone()), Hand::Finger(finger))
        }
    }
}

/// Who is there to touch it.
#[derive(Debug, Clone)]
pub(super) enum Hand {
    /// Nobody from outside.
    None,
    /// Whoever sits at the terminal.
    Terminal(TouchHandle),
    /// A finger that others put down and lift.
    Finger(Finger),
}

/// Touches it when the time has come.
struct Late {
    delay: Duration,
    /// When it touches what CTAP1 has asked for.
    due: Option<Instant>,
}

impl Person for Late {
    fn touch(&mut self, prompt: &Prompt, operation: &Operation) -> Touch {
        let end = Instant::now() + self.delay;
        loop {
            if operation.is_cancelled() {
                return Touch::Cancelled;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return as_asked(prompt);
            }
            thread::sleep(left.min(GLANCE));
        }
    }

    fn glance(&mut self, _prompt: &Prompt) -> Option<Touch> {
        let now = Instant::now();
        let due = *self.due.get_or_insert(now + self.delay);
        (due <= now).then(|| {
            self.due = None;
            Touch::Given
        })
    }

    fn dismiss(&mut self) {
        self.due = None;
    }
}

/// A touch as long as it is wanted.
fn as_asked(prompt: &Prompt) -> Touch {
    if prompt.purpose == Purpose::ResetByLongTouch { Touch::Held } else { Touch::Given }
}

/// Tells the terminal what is asked, and waits for whoever sits there.
struct Asked {
    name: String,
    visitor: Visitor,
}

impl Asked {
    fn ask(&mut self, prompt: &Prompt) {
        // Whoever reads the question can answer it.
        self.visitor.ask(prompt);
        eprintln!("{}: touch it to {}? Enter: yes; n, Enter: no", self.name, words(prompt));
    }

    fn tell(&self, touch: Touch) {
        let outcome = match touch {
            Touch::Denied => "declined",
            Touch::TimedOut => "nobody has touched it",
            Touch::Cancelled => "no longer asked",
            Touch::Given | Touch::Held => "touched",
        };
        eprintln!("{}: {outcome}", self.name);
    }
}

impl Person for Asked {
    fn touch(&mut self, prompt: &Prompt, operation: &Operation) -> Touch {
        self.ask(prompt);
        let touch = self.visitor.wait(operation);
        self.tell(touch);
        // Whoever says yes here means it as it was asked.
        if touch == Touch::Given { as_asked(prompt) } else { touch }
    }

    fn glance(&mut self, prompt: &Prompt) -> Option<Touch> {
        if !self.visitor.has_asked() {
            self.ask(prompt);
        }
        let touch = self.visitor.answered()?;
        self.tell(touch);
        Some(touch)
    }

    fn dismiss(&mut self) {
        if self.visitor.has_asked() {
            self.visitor.dismiss();
            self.tell(Touch::Cancelled);
        }
    }
}

/// What the person is asked, in words. What others send is shown without what could steer a terminal.
fn words(prompt: &Prompt) -> String {
    let purpose = match prompt.purpose {
        Purpose::Register => "register",
        Purpose::SignIn => "sign in",
        Purpose::Select => "say that it is the one you mean",
        Purpose::Reset | Purpose::ResetByLongTouch => "ERASE EVERYTHING on it",
        Purpose::Verify => "be verified by it",
        Purpose::Enroll => "have a finger enrolled",
    };
    let shown = |text: &String| text.chars().filter(|c| !c.is_control()).take(100).collect::<String>();
    let place = prompt.rp_id.as_ref().map(|id| format!(" at {}", shown(id))).unwrap_or_default();
    let account = prompt.account.as_ref().map(|name| format!(" as {}", shown(name))).unwrap_or_default();
    format!("{purpose}{place}{account}")
}

/// Reads answers until there are no more. An empty line touches the first key that asks, `n` declines
/// there, and a number before either says which key.
pub(super) fn answer(input: impl BufRead, keys: &[(usize, TouchHandle)]) {
    for line in input.lines().map_while(Result::ok) {
        let Some((number, touch)) = read(&line) else {
            eprintln!("Enter touches the key that asks, n declines; 2 or 2n is about the second key");
            continue;
        };
        let meant = keys.iter().filter(|(own, _)| number.is_none_or(|number| number == *own));
        if !meant.map(|(_, handle)| handle).any(|handle| handle.answer(touch)) {
            eprintln!("nothing is asked");
        }
    }
}

fn read(line: &str) -> Option<(Option<usize>, Touch)> {
    let line = line.trim();
    let (number, touch) = match line.strip_suffix('n') {
        Some(rest) => (rest.trim_end(), Touch::Denied),
        None => (line, Touch::Given),
    };
    match number {
        "" => Some((None, touch)),
        number => Some((Some(number.parse().ok()?), touch)),
    }
}
