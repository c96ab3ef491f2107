//! Responses and options wherever they are in a message.

use assay_protocol::base64url;
use assay_protocol::tree::json::{self, Member, Node};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::bytes::{self, Alphabet};
use super::{console, har};

/// Texts inside of texts are followed this far.
const DEEPEST_TEXT: usize = 4;

/// More ceremonies than these in one file are not judged.
const MOST: usize = 100;

/// A response to be judged.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Where it was found.
    pub(super) source: String,
    /// Its place among responses and options.
    pub(super) order: usize,
    /// Registration, or authentication?
    pub(super) registration: bool,
    /// Its JSON text.
    pub(super) text: Vec<u8>,
    /// How it was read, where that needs saying.
    pub(super) notes: Vec<String>,
}

/// Options that a server has sent.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) source: String,
    pub(super) order: usize,
    pub(super) registration: bool,
    pub(super) challenge: Vec<u8>,
    pub(super) rp_id: Option<String>,
    pub(super) user_handle: Option<Vec<u8>>,
    pub(super) algorithms: Option<Vec<i64>>,
    pub(super) user_verification: Option<String>,
    pub(super) mediation: Option<String>,
    pub(super) allow_credentials: Vec<Vec<u8>>,
    pub(super) extensions: Map<String, Value>,
}

/// Everything found.
#[derive(Debug, Default)]
pub(super) struct Finds {
    pub(super) candidates: Vec<Candidate>,
    pub(super) options: Vec<Options>,
    /// How the input as a whole was read.
    pub(super) notes: Vec<String>,
    /// The same, in a word.
    pub(super) form: &'static str,
    order: usize,
}

/// How a text came about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    pub(super) source: &'a str,
    /// Was it shown by a console, and so never sent as it stands?
    pub(super) shown: bool,
    pub(super) depth: usize,
}

/// Looks through an input of any kind.
pub(super) fn find(input: &[u8]) -> Finds {
    let mut finds = Finds::default();
    let document = json::read(input);
    let is_json = document.syntax_error().is_none() && !document.rest.clone().any(|_| true);
    let root = document.root.as_ref();
    if is_json && let Some(root) = root {
        finds.form = root.kind();
        if let Some(entries) = har::entries(root) {
            finds.form = "HAR";
            har::walk(&mut finds, input, entries);
        } else {
            finds.node(input, root, &Origin { source: "the message", shown: false, depth: 0 });
        }
        return finds;
    }
    finds.form = "text";
    let text = String::from_utf8_lossy(input);
    if let Some(shown) = console::to_json(&text) {
        finds.form = "an object as a console shows it";
        finds.notes.push("not JSON: read as a console shows objects".to_owned());
        if shown.elided {
            finds.notes.push(
                "the console left something out (…): paste the whole, best by copy(JSON.stringify(credential))"
                    .to_owned(),
            );
        }
        finds.text(shown.json.as_bytes(), &Origin { source: "the paste", shown: true, depth: 0 });
    }
    if finds.candidates.is_empty() {
        // A body of a form, or base64 of a message.
        finds.string(text.trim(), &Origin { source: "the message", shown: false, depth: 0 });
        let decoded = if finds.candidates.is_empty() { bytes::base64(text.trim()) } else { None };
        if let Some(decoded) = decoded.filter(|decoded| decoded.first() == Some(&b'{')) {
            finds.text(&decoded, &Origin { source: "the message, from base64", shown: false, depth: 0 });
        }
    }
    finds
}

impl Finds {
    pub(super) fn text(&mut self, text: &[u8], origin: &Origin<'_>) {
        if origin.depth > DEEPEST_TEXT {
            return;
        }
        if let Some(root) = &json::read(text).root {
            self.node(text, root, origin);
        }
    }

    /// A text inside the message that may hold a message itself.
    fn string(&mut self, text: &str, origin: &Origin<'_>) {
        let inner = Origin { depth: origin.depth + 1, ..*origin };
        let trimmed = text.trim_start();
        if trimmed.starts_with(['{', '[']) {
            self.text(trimmed.as_bytes(), &inner);
        } else if trimmed.contains("%7B") || trimmed.contains("%7b") {
            for (name, value) in form_urlencoded::parse(trimmed.as_bytes()) {
                for text in [name, value] {
                    if text.trim_start().starts_with('{') {
                        self.text(text.as_bytes(), &inner);
                    }
                }
            }
        }
    }

    pub(super) fn node(&mut self, text: &[u8], node: &Node, origin: &Origin<'_>) {
        if let Some(members) = node.as_object() {
            if self.is_credential(text, node, origin) || self.is_options(node, origin) {
                return;
            }
            let coded = node.get("encoding").and_then(Node::as_str) == Some("base64");
            if let Some(decoded) = node.get("text").and_then(Node::as_str).filter(|_| coded).and_then(bytes::base64) {
                self.string(&String::from_utf8_lossy(&decoded), origin);
            }
            for Member { value, .. } in members {
                self.node(text, value, origin);
            }
        } else if let Some(items) = node.as_array() {
            items.iter().for_each(|item| self.node(text, item, origin));
        } else if let Some(string) = node.as_str() {
            self.string(string, origin);
        }
    }

    fn is_credential(&mut self, text: &[u8], node: &Node, origin: &Origin<'_>) -> bool {
        let inside = node.get("response").filter(|inside| inside.as_object().is_some());
        let (response, flat) = match inside {
            Some(response) if PARTS.iter().any(|part| response.get(part).is_some()) => (response, false),
            _ if node.get("clientDataJSON").is_some() && PARTS.iter().skip(1).any(|part| node.get(part).is_some()) => {
                (node, true)
            }
            _ => return false,
        };
        if self.candidates.len() >= MOST {
            return true;
        }
        let client_data = response.get("clientDataJSON").and_then(Node::as_str).unwrap_or_default();
        let alphabet = Alphabet::of_client_data(client_data);
        let dumped = BINARY.iter().filter_map(|part| response.get(part)).chain(node.get("rawId"));
        let dumped = dumped.filter(|part| part.as_str().is_none()).any(|part| bytes::of_dump(part).is_some());
        let mut notes = Vec::new();
        if dumped {
            notes.push("lists and dumps of bytes were read as base64url".to_owned());
        }
        if flat {
            notes.push("the members of `response` stand beside the id; they were read as if inside".to_owned());
        }
        if alphabet == Alphabet::Hex {
            notes.push("the members are hexadecimal; they were read as base64url".to_owned());
        }
        let is_creation = || {
            let bytes = alphabet.decode(client_data).unwrap_or_default();
            String::from_utf8_lossy(&bytes).contains("webauthn.create")
        };
        let registration = response.get("attestationObject").is_some()
            || (response.get("authenticatorData").is_none() && response.get("signature").is_none() && is_creation());
        let lenient = origin.shown || !notes.is_empty() || client_data.starts_with('{');
        let text = match lenient {
            true => rebuild(node, response, alphabet).to_string().into_bytes(),
            false => text.get(node.range.clone()).unwrap_or_default().to_vec(),
        };
        // The same one may stand in a body and in its parameters.
        if !self.candidates.iter().any(|candidate| candidate.text == text) {
            let order = self.next();
            self.candidates.push(Candidate { source: origin.source.to_owned(), order, registration, text, notes });
        }
        true
    }

    fn is_options(&mut self, node: &Node, origin: &Origin<'_>) -> bool {
        let inside = node.get("publicKey").filter(|inside| inside.get("challenge").is_some());
        let options = inside.unwrap_or(node);
        let Some(challenge) = options.get("challenge").and_then(binary) else { return false };
        let registration = options.get("pubKeyCredParams").is_some();
        let request = ["rpId", "allowCredentials", "userVerification"].iter().any(|name| options.get(name).is_some());
        if !registration && !request {
            return false;
        }
        let string = |node: Option<&Node>| node.and_then(Node::as_str).map(str::to_owned);
        let rp = options.get("rp").and_then(|rp| rp.get("id"));
        let selection = options.get("authenticatorSelection").and_then(|selection| selection.get("userVerification"));
        let algorithms = options.get("pubKeyCredParams").and_then(Node::as_array);
        let allowed = options.get("allowCredentials").and_then(Node::as_array).unwrap_or_default();
        let order = self.next();
        self.options.push(Options {
            source: origin.source.to_owned(),
            order,
            registration,
            challenge,
            rp_id: string(if registration { rp } else { options.get("rpId") }),
            user_handle: options.get("user").and_then(|user| user.get("id")).and_then(binary),
            algorithms: algorithms
                .map(|list| list.iter().filter_map(|entry| entry.get("alg")?.as_i64()).collect::<Vec<_>>())
                .filter(|list| !list.is_empty()),
            user_verification: string(if registration { selection } else { options.get("userVerification") }),
            mediation: string(node.get("mediation")),
            allow_credentials: allowed.iter().filter_map(|entry| entry.get("id").and_then(binary)).collect(),
            extensions: options.get("extensions").and_then(Node::to_serde_map).unwrap_or_default(),
        });
        true
    }

    fn next(&mut self) -> usize {
        self.order += 1;
        self.order
    }
}

/// What tells a response from other objects.
const PARTS: [&str; 4] = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"];

/// The members of a response that are bytes.
const BINARY: [&str; 6] =
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle", "publicKey"];

fn binary(node: &Node) -> Option<Vec<u8>> {
    node.as_str().and_then(|text| Alphabet::Url.decode(text)).or_else(|| bytes::of_dump(node))
}

/// The credential as `toJSON()` would have given it; what cannot be told stays as it is.
fn rebuild(node: &Node, response: &Node, alphabet: Alphabet) -> Value {
    let encode = |node: &Node| {
        let decoded = match node.as_str() {
            Some(text) if text.starts_with('{') => Some(text.as_bytes().to_vec()),
            Some(text) => alphabet.decode(text),
            None => bytes::of_dump(node),
        };
        decoded.map_or_else(|| node.to_serde(), |decoded| base64url::encode(&decoded).into())
    };
    let mut inside = Map::new();
    for member in response.as_object().unwrap_or_default() {
        let is_binary = BINARY.contains(&member.key.as_str());
        if is_binary || member.key == "transports" || !std::ptr::eq(node, response) {
            let value = if is_binary { encode(&member.value) } else { member.value.to_serde() };
            inside.insert(member.key.to_string(), value);
        }
    }
    let mut out = Map::new();
    for name in ["id", "type", "authenticatorAttachment"] {
        if let Some(value) = node.get(name) {
            out.insert(name.to_owned(), value.to_serde());
        }
    }
    let raw_id = node.get("rawId").map(encode).filter(Value::is_string);
    let id = || Some(Value::from(base64url::encode(&alphabet.decode(node.get("id")?.as_str()?)?)));
    if let Some(raw_id) = raw_id.or_else(id) {
        if alphabet != Alphabet::Url || !out.get("id").is_some_and(Value::is_string) {
            out.insert("id".to_owned(), raw_id.clone());
        }
        out.insert("rawId".to_owned(), raw_id);
    }
    // These two stand on the prototype, or are answers of functions: consoles do not show them.
    out.entry("type").or_insert_with(|| "public-key".into());
    let outputs = node.get("clientExtensionResults").filter(|outputs| outputs.as_object().is_some());
    out.insert("clientExtensionResults".to_owned(), outputs.map_or_else(|| Map::new().into(), Node::to_serde));
    out.insert("response".to_owned(), inside.into());
    out.into()
}
