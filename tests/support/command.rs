//! The `assay` command, as somebody else's script runs it.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::place::Place;

/// How long anything may take that is not meant to last.
const PATIENCE: Duration = Duration::from_secs(300);

/// The command with its state in `place`, started there, and nothing of our environment that it heeds.
pub(crate) fn assay<'a>(place: &Place, args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    command.current_dir(place.path()).arg("--state").arg(place.join("state")).args(args);
    let heeded = ["LOG", "TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "PIN", "NEW_PIN", "PASSPHRASE"];
    for variable in heeded.map(|name| format!("ASSAY_{name}")).into_iter().chain(["NO_COLOR".to_owned()]) {
        command.env_remove(variable);
    }
    command
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Standard output as one JSON text.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }
}

/// Runs it to its end.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Said {
    run_with(command, b"")
}

/// Runs it to its end with this on its standard input.
#[track_caller]
pub(crate) fn run_with(command: &mut Command, input: impl AsRef<[u8]>) -> Said {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (input, mut stdin) = (input.as_ref().to_vec(), child.stdin.take().unwrap());
    // It may well stop reading before the end.
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let (out, err) = (drain(child.stdout.take().unwrap()), drain(child.stderr.take().unwrap()));
    let code = wait(&mut child).unwrap_or_else(|| panic!("{command:?} does not end"));
    writer.join().unwrap();
    Said { code, out: out.join().unwrap(), err: err.join().unwrap() }
}

fn drain(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    })
}

/// The exit code, once there is one; none where a signal ended it, nothing where it had to be killed.
fn wait(child: &mut Child) -> Option<Option<i32>> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status.code());
        }
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

/// A run that lasts: `serve`, `key serve`. It dies with this.
pub(crate) struct Lasting {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
    err: Heard,
    /// The line that said that it was ready.
    pub(crate) ready: Value,
}

impl Lasting {
    /// Starts it and waits for its ready line.
    #[track_caller]
    pub(crate) fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (tell, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let err = Heard::listen(child.stderr.take().unwrap());
        let stdin = child.stdin.take().unwrap();
        let mut lasting = Self { child, stdin, lines, err, ready: Value::Null };
        match lasting.lines.recv_timeout(PATIENCE) {
            Ok(line) => lasting.ready = serde_json::from_str(&line).unwrap(),
            Err(_gone) => {
                lasting.kill();
                panic!("{command:?} is not ready: {}", lasting.stderr());
            }
        }
        assert_eq!(lasting.ready["ready"], true, "{}", lasting.ready);
        lasting
    }

    /// A member of the ready line.
    #[track_caller]
    pub(crate) fn text(&self, member: &str) -> &str {
        self.ready[member].as_str().unwrap_or_else(|| panic!("{member} of {}", self.ready))
    }

    /// Types a line at it.
    pub(crate) fn enter(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").unwrap();
    }

    /// Does it still run?
    pub(crate) fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// No more patience: SIGKILL.
    pub(crate) fn kill(&mut self) {
        // Whoever has ended already cannot be killed.
        self.child.kill().ok();
        self.child.wait().unwrap();
    }

    /// Sends a signal by name, such as `TERM`, and gives the exit code.
    pub(crate) fn signal(&mut self, name: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
        wait(&mut self.child).unwrap_or_else(|| panic!("it does not end on SIG{name}"))
    }

    /// What it printed after its ready line; it has ended.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        let mut rest = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => rest.push(line),
                Err(RecvTimeoutError::Disconnected) => return rest,
                Err(RecvTimeoutError::Timeout) => panic!("its standard output does not end"),
            }
        }
    }

    /// Waits until it has said this so many times on standard error.
    #[track_caller]
    pub(crate) fn await_said(&self, text: &str, times: usize) {
        self.err.until(|heard| heard.text.matches(text).count() >= times);
    }

    /// Has it said this on standard error by now?
    pub(crate) fn has_said(&self, text: &str) -> bool {
        self.err.0.0.lock().unwrap().text.contains(text)
    }

    /// What it said on standard error; it has ended.
    pub(crate) fn stderr(&self) -> String {
        self.err.until(|heard| heard.ended)
    }
}

/// A command that ends by itself, heard while it runs.
pub(crate) struct Running {
    child: Child,
    out: JoinHandle<String>,
    err: Heard,
}

impl Running {
    /// Starts it, with nothing on its standard input.
    pub(crate) fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (out, err) = (drain(child.stdout.take().unwrap()), Heard::listen(child.stderr.take().unwrap()));
        Self { child, out, err }
    }

    /// Waits until it has said this so many times on standard error.
    #[track_caller]
    pub(crate) fn await_said(&self, text: &str, times: usize) {
        self.err.until(|heard| heard.text.matches(text).count() >= times);
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Said {
        let code = wait(&mut self.child).unwrap_or_else(|| panic!("it does not end"));
        Said { code, out: self.out.join().unwrap(), err: self.err.until(|heard| heard.ended) }
    }
}

/// What is said, while it is said.
struct Heard(Arc<(Mutex<Saying>, Condvar)>);

#[derive(Debug, Default)]
struct Saying {
    text: String,
    ended: bool,
}

impl Heard {
    fn listen(from: impl Read + Send + 'static) -> Self {
        let heard = Arc::new((Mutex::new(Saying::default()), Condvar::new()));
        let ear = Arc::clone(&heard);
        thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut line = String::new();
            while from.read_line(&mut line).is_ok_and(|read| read > 0) {
                ear.0.lock().unwrap().text += &std::mem::take(&mut line);
                ear.1.notify_all();
            }
            ear.0.lock().unwrap().ended = true;
            ear.1.notify_all();
        });
        Self(heard)
    }

    /// Waits until this holds; all that was heard by then.
    #[track_caller]
    fn until(&self, holds: impl Fn(&Saying) -> bool) -> String {
        let (said, changed) = &*self.0;
        let (said, wait) = changed.wait_timeout_while(said.lock().unwrap(), PATIENCE, |said| !holds(said)).unwrap();
        assert!(!wait.timed_out(), "it has not come to that: {said:?}");
        said.text.clone()
    }
}

impl Drop for Lasting {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The command line of a running process, where the system shows it.
pub(crate) fn command_line(lasting: &Lasting) -> Option<String> {
    let path = format!("/proc/{}/cmdline", lasting.child.id());
    Path::new(&path).exists().then(|| String::from_utf8(std::fs::read(path).unwrap()).unwrap().replace('\0', " "))
}
