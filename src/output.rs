//! Words on a terminal: colour only where somebody sees it.

use std::fmt::Display;
use std::io::{self, IsTerminal as _};

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    colour: bool,
}

impl Style {
    /// Colour on a terminal, unless `NO_COLOR` is set.
    pub fn for_stdout() -> Self {
        Self { colour: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    /// Is colour wanted?
    pub fn coloured(self) -> bool {
        self.colour
    }

    /// Something good.
    pub fn good(self, text: impl Display) -> String {
        self.paint("32", text)
    }

    /// Something bad.
    pub fn bad(self, text: impl Display) -> String {
        self.paint("31", text)
    }

    /// Something to stand back.
    pub fn quiet(self, text: impl Display) -> String {
        self.paint("2", text)
    }

    /// A heading.
    pub fn strong(self, text: impl Display) -> String {
        self.paint("1", text)
    }

    fn paint(self, code: &str, text: impl Display) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}

/// What the process says to its caller (0, 1 or 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All good.
    Good,
    /// The lab did its work and found something.
    Findings,
    /// The lab could not do its work.
    CouldNotRun,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Good => 0,
            Exit::Findings => 1,
            Exit::CouldNotRun => 2,
        })
    }
}

/// Prints to standard output; a reader who has gone away is no error.
pub fn print(text: &str) -> io::Result<()> {
    use std::io::Write as _;
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
