//! What is printed, and to whom.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::thread;

use assay_mint::registration::RegistrationForge;
use serde_json::Value;

use crate::support::command::{Lasting, assay, command_line, run, run_with};
use crate::support::http::{Browser, SERVE};
use crate::support::lines::{CHALLENGE, Line, RP_ID, lab};
use crate::support::place::Place;

fn line() -> String {
    Line::registration(&RegistrationForge::none(&lab(), RP_ID, &CHALLENGE)).text()
}

/// Every command prints JSON with `--json`, before or after its word; `verify`, `serve` and
/// `key serve` print lines of it anyway.
#[test]
fn json() {
    let place = Place::new();
    run(&mut assay(&place, ["key", "new", "desk"])).expect(0);
    for args in [
        &["checks"][..],
        &["profile", "show", "hardened"],
        &["key", "list"],
        &["key", "info", "sim"],
        &["key", "info", "sim:desk"],
        &["key", "new", "second"],
        &["test", "policy", "--list"],
        &["test", "server", "sim", "--filter", "registration/accepted/none"],
        &["test", "authenticator", "sim", "--filter", "framing/init/nonce-echoed"],
        &["test", "policy", "sim", "--filter", "policy/auth/missing"],
        &["test", "dbsc", "sim", "--filter", "dbsc/offer/form"],
    ] {
        let said = run(assay(&place, args.iter().copied()).arg("--json")).expect(0);
        assert!(matches!(said.json(), Value::Object(_) | Value::Array(_)), "{args:?}");
        assert_eq!(said.err, "", "{args:?}");
        if args != ["key", "new", "second"] {
            let before = run(&mut assay(&place, ["--json"].iter().chain(args).copied())).expect(0);
            assert!(matches!(before.json(), Value::Object(_) | Value::Array(_)), "{args:?}");
        }
    }
    let verdict = run_with(&mut assay(&place, ["--json", "verify"]), line()).expect(0).json();
    assert_eq!(verdict["outcome"], "accept");
    for args in [&["--json", "key", "serve"][..], &["--json", "serve", "--listen", "127.0.0.1:0"]] {
        drop(Lasting::start(&mut assay(&place, args.iter().copied())));
    }
}

/// Colour is for terminals: here is none, whatever `TERM` says.
#[test]
fn no_colour_where_nobody_sees_it() {
    let place = Place::new();
    for args in [
        &["--help"][..],
        &["test", "--help"],
        &["nonsense"],
        &["checks"],
        &["profile", "show", "hardened"],
        &["key", "info", "sim"],
        &["inspect", "-"],
        &["test", "server", "sim", "--filter", "registration/accepted/*"],
        &["test", "authenticator", "sim", "--filter", "framing/init/*"],
    ] {
        let mut command = assay(&place, args.iter().copied());
        let said = run_with(command.env("TERM", "xterm-256color").env("COLORTERM", "truecolor"), "{\"a\":1,\"a\":2}");
        assert!(!said.out.contains('\x1b') && !said.err.contains('\x1b'), "{args:?}: {said:?}");
        assert!(!said.out.contains('\r') && !said.err.contains('\r'), "{args:?}: no progress bar either");
    }
}

/// `assay ... | head -1`: whoever has seen enough is told nothing more.
#[test]
fn a_broken_pipe_is_silent() {
    let place = Place::new();
    let many: String = (0..3000).map(|_| format!("{}\n", line())).collect();
    for args in [
        &["checks"][..],
        &["checks", "--json"],
        &["test", "server", "--list"],
        &["profile", "show", "hardened"],
        &["--help"],
        &["serve", "--help"],
        &["key", "info", "sim"],
        &["inspect", "-"],
        &["verify"],
        &["test", "server", "sim", "--filter", "registration/accepted/none"],
    ] {
        let mut command = assay(&place, args.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(closed_pipe()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = many.clone();
        let feeding = thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let said = child.wait_with_output().unwrap();
        feeding.join().unwrap();
        assert_eq!(String::from_utf8(said.stderr).unwrap(), "", "{args:?}");
        assert!(matches!(said.status.code(), Some(0 | 1)), "{args:?}: {:?}", said.status);
    }
}

/// The writing end of a pipe whose reader has gone.
fn closed_pipe() -> Stdio {
    let mut reader: Child = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
    let writer = reader.stdin.take().unwrap();
    reader.wait().unwrap();
    Stdio::from(writer)
}

/// No option takes a secret, and no secret is printed but in a ready line.
#[test]
fn secrets() {
    let place = Place::new();
    for word in ["run", "serve", "key", "test", "checks", "coverage", "profile", "verify", "inspect", "report"] {
        let help = run(&mut assay(&place, [word, "--help"])).expect(0).out;
        for option in ["--secret", "--password", "--token", "--client-secret", "--pin", "--private"] {
            assert!(!help.contains(option), "{word} takes {option}");
        }
    }
    let mut command = assay(&place, SERVE);
    let mut server = Lasting::start(command.env("ASSAY_LOG", "trace"));
    let ready = server.ready.clone();
    let secret = ready["client_secret"].as_str().unwrap().to_owned();
    assert!(secret.len() >= 32, "{secret}");
    if let Some(line) = command_line(&server) {
        assert!(!line.contains(&secret), "{line}");
    }
    let admin = Browser::new(&server).signed_by(&ready);
    let second =
        admin.post("/v1/clients", &serde_json::json!({})).expect(201)["client_secret"].as_str().unwrap().to_owned();
    admin.get("/v1/credentials").expect(200);
    let browser = Browser::new(&server);
    let credential = browser.register(&lab(), "ada");
    browser.sign_in(&credential, "ada");
    let cookies = browser.cookies();
    assert!(!cookies.is_empty());
    assert_eq!(server.signal("TERM"), Some(0));
    let (out, log) = (server.rest().join("\n"), server.stderr());
    for secret in [secret, second].iter().chain(&cookies) {
        assert!(!log.contains(secret.as_str()) && !out.contains(secret.as_str()), "{secret} is in {log}");
    }
}

/// Nothing depends on where it is started; only reports are written there, where nothing else is said.
#[test]
fn from_any_directory() {
    let (place, elsewhere) = (Place::new(), Place::new());
    let said = run(assay(&place, ["test", "server", "sim", "--filter", "registration/accepted/none"])
        .current_dir(elsewhere.path()))
    .expect(0);
    assert!(said.out.contains("report: assay-report/report.html"), "{}", said.out);
    assert!(elsewhere.join("assay-report/report.html").exists());
    run(assay(&place, ["key", "list"]).current_dir("/")).expect(0);
}
