//! A finger that robots put down and lift.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use assay_authenticator_sim::env::{Person, Prompt, Purpose, Touch};
use assay_authenticator_sim::operation::Operation;

use super::GLANCE;

/// A finger that is put down and lifted. While it is down, every request for a touch is answered.
#[derive(Debug, Clone)]
pub(in super::super) struct Finger {
    patience: Duration,
    /// How long it stays down until that is a long touch.
    long: Duration,
    pressed: Arc<(Mutex<Pressed>, Condvar)>,
}

#[derive(Debug, Default)]
struct Pressed {
    down: bool,
    /// Was it down since it was asked for, however shortly? None where nothing is asked.
    asked: Option<bool>,
    lifted: u64,
}

impl Finger {
    /// A finger that is up; it is waited for so long, and a long touch takes so long.
    pub(super) fn new(patience: Duration, long: Duration) -> Self {
        Self { patience, long, pressed: Arc::default() }
    }

    /// Puts it down, or lifts it.
    pub(in super::super) fn press(&self, down: bool) {
        let mut pressed = self.lock();
        match down {
            true => pressed.asked = pressed.asked.map(|_| true),
            false => pressed.lifted += 1,
        }
        pressed.down = down;
        self.pressed.1.notify_all();
    }

    /// Is it down?
    pub(in super::super) fn is_down(&self) -> bool {
        self.lock().down
    }

    /// Waits until this says what comes of it.
    fn wait(
        &self,
        mut pressed: MutexGuard<'_, Pressed>,
        operation: &Operation,
        outcome: impl Fn(&Pressed, Instant) -> Option<Touch>,
    ) -> Touch {
        loop {
            if operation.is_cancelled() {
                return Touch::Cancelled;
            }
            if let Some(touch) = outcome(&pressed, Instant::now()) {
                return touch;
            }
            let wait = self.pressed.1.wait_timeout(pressed, GLANCE);
            (pressed, _) = wait.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pressed> {
        self.pressed.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Person for Finger {
    fn touch(&mut self, prompt: &Prompt, operation: &Operation) -> Touch {
        let mut pressed = self.lock();
        pressed.asked = Some(pressed.down);
        self.pressed.1.notify_all();
        let patience = Instant::now() + self.patience;
        let touch = self.wait(pressed, operation, |pressed, now| match pressed.asked {
            Some(true) => Some(Touch::Given),
            _ if now >= patience => Some(Touch::TimedOut),
            _ => None,
        });
        let mut pressed = self.lock();
        pressed.asked = None;
        if touch != Touch::Given || prompt.purpose != Purpose::ResetByLongTouch || !pressed.down {
            return touch;
        }
        let (lifted, long) = (pressed.lifted, Instant::now() + self.long);
        self.wait(pressed, operation, |pressed, now| {
            if pressed.lifted != lifted {
                return Some(Touch::Given);
            }
            (now >= long).then_some(Touch::Held)
        })
    }

    fn glance(&mut self, _prompt: &Prompt) -> Option<Touch> {
        let mut pressed = self.lock();
        let touched = pressed.down || pressed.asked == Some(true);
        pressed.asked = if touched { None } else { Some(false) };
        touched.then_some(Touch::Given)
    }

    fn dismiss(&mut self) {
        self.lock().asked = None;
    }
}
