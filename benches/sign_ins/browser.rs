//! One browser on one kept connection, with as little of its own as there can be.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use assay_mint::assertion::AssertionForge;
use assay_mint::credential::Credential;
use assay_mint::keys::SigningKey;
use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::base64url;
use serde_json::{Value, json};

use crate::RP_ID;

pub(crate) struct Browser {
    stream: TcpStream,
    cookies: Vec<(String, String)>,
    username: String,
    credential: Credential,
}

impl Browser {
    /// An account and a key of its own, registered.
    pub(crate) fn enrol(server: SocketAddr, lab: &Lab, at: usize) -> Self {
        let stream = TcpStream::connect(server).expect("the server listens");
        stream.set_nodelay(true).expect("no delay");
        let username = format!("user-{at}");
        let placeholder = RegistrationForge::none(lab, RP_ID, &[0; 32]).forge().expect("a registration").credential;
        let mut browser = Self { stream, cookies: Vec::new(), username, credential: placeholder };
        let name = &browser.username;
        let options =
            browser.post("/attestation/options", &json!({ "username": name, "displayName": name }).to_string());
        let mut forge = RegistrationForge::none(lab, RP_ID, &challenge(&options));
        forge.credential_key = SigningKey::random_es256().expect("a key");
        let made = forge.forge().expect("a registration");
        browser.post("/attestation/result", &made.text);
        let handle = options.pointer("/user/id").and_then(Value::as_str).and_then(|id| base64url::decode(id).ok());
        browser.credential = Credential { user_handle: handle, ..made.credential };
        browser
    }

    /// Options, signature, answer.
    pub(crate) fn sign_in(&mut self) {
        let options = self.post("/assertion/options", &json!({ "username": self.username }).to_string());
        let made = AssertionForge::new(&self.credential, &challenge(&options)).forge().expect("an assertion");
        self.post("/assertion/result", &made.text);
        self.credential = made.credential;
    }

    fn post(&mut self, path: &str, body: &str) -> Value {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: lab\r\ncontent-type: application/json\r\ncookie: {}\r\ncontent-length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        );
        self.stream.write_all(request.as_bytes()).expect("the server reads");
        let (head, body) = self.answer();
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}\n{body}");
        for line in head.lines() {
            let cookie = line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
            let pair = cookie.and_then(|(_, cookie)| cookie.split(';').next()?.split_once('='));
            if let Some((name, value)) = pair {
                self.cookies.retain(|(known, _)| known != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        serde_json::from_str(&body).expect("JSON")
    }

    fn answer(&mut self) -> (String, String) {
        let mut got = Vec::new();
        let mut part = [0; 8192];
        loop {
            let read = self.stream.read(&mut part).expect("the server answers");
            assert!(read > 0, "the server hung up");
            got.extend_from_slice(part.get(..read).unwrap_or_default());
            let text = String::from_utf8_lossy(&got);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    return (head.to_owned(), body.to_owned());
                }
            }
        }
    }
}

fn challenge(options: &Value) -> Vec<u8> {
    options.get("challenge").and_then(Value::as_str).and_then(|text| base64url::decode(text).ok()).expect("a challenge")
}
