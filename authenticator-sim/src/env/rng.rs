//! Random numbers.

use assay_mint::seed::Seed;
use aws_lc_rs::rand::fill;

/// A source of random bytes.
pub trait Rng: Send {
    /// Fills the buffer.
    fn fill(&mut self, out: &mut [u8]);

    /// Do its bytes repeat? Then everything made of them shall repeat too, signatures included.
    fn repeats(&self) -> bool;
}

/// The system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

/// The same bytes for the same seed.
#[derive(Debug, Clone)]
pub struct SeededRng {
    seed: Seed,
    drawn: u64,
}

impl Rng for SystemRng {
    fn fill(&mut self, out: &mut [u8]) {
        // The generator fails only before the system has started; zeros would then be refused as keys.
        if fill(out).is_err() {
            out.fill(0);
        }
    }

    fn repeats(&self) -> bool {
        false
    }
}

impl SeededRng {
    /// A generator of this seed.
    pub fn new(seed: [u8; 32]) -> Self {
        Self { seed: Seed::new(seed), drawn: 0 }
    }
}

impl Rng for SeededRng {
    fn fill(&mut self, out: &mut [u8]) {
        let stream = self.seed.derive_bytes(&self.drawn.to_be_bytes()).stream(out.len());
        self.drawn += 1;
        out.copy_from_slice(&stream);
    }

    fn repeats(&self) -> bool {
        true
    }
}
