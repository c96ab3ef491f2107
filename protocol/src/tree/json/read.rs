use std::borrow::Cow;
use std::ops::Range;

use compact_str::CompactString;

use super::super::{MAX_DEPTH, MAX_LISTED, Path, Short};
use super::{Anomaly, AnomalyKind, Document, Member, Node, Value, duplicates};

/// Reads one value and lists what is wrong with the text.
pub fn read(bytes: &[u8]) -> Document {
    let mut reader =
        Reader { bytes, text: "", at: 0, stopped: false, anomalies: Vec::new(), listed: [0; AnomalyKind::ALL.len()] };
    // Where the whole is UTF-8, every piece between two quotes is a piece of this text.
    match std::str::from_utf8(bytes) {
        Ok(text) => reader.text = text,
        Err(error) => {
            let at = error.valid_up_to();
            let length = error.error_len().unwrap_or(bytes.len() - at);
            reader.note(AnomalyKind::InvalidUtf8, at..at + length, &Path::Root);
        }
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        reader.at = BYTE_ORDER_MARK.len();
        reader.note(AnomalyKind::ByteOrderMark, 0..reader.at, &Path::Root);
    }
    let root = reader.value(&Path::Root, 1);
    reader.white_space();
    let rest = reader.at..bytes.len();
    if !reader.stopped && !rest.is_empty() {
        reader.note(AnomalyKind::TrailingBytes, rest.clone(), &Path::Root);
    }
    Document { root: (root.value != Value::Invalid).then_some(root), rest, anomalies: reader.anomalies }
}

const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// What there is room for at once: as many as the objects of every day have.
const MEMBERS: usize = 8;

/// A text that is kept: as a value, or as a name.
trait Text<'a>: From<Cow<'a, str>> + From<String> {}

impl<'a, T: From<Cow<'a, str>> + From<String>> Text<'a> for T {}

struct Reader<'a> {
    bytes: &'a [u8],
    /// The same as text; empty where it is not UTF-8.
    text: &'a str,
    at: usize,
    /// Set at the first fault after which nothing more can be told apart.
    stopped: bool,
    anomalies: Vec<Anomaly>,
    listed: [u16; AnomalyKind::ALL.len()],
}

impl<'a> Reader<'a> {
    fn value(&mut self, path: &Path<'_>, depth: usize) -> Node {
        self.white_space();
        let start = self.at;
        let value = match self.peek() {
            Some(b'"') => self.string::<String>(path).map_or(Value::Invalid, Value::String),
            Some(b'{' | b'[') if depth > MAX_DEPTH => {
                self.stop(AnomalyKind::TooDeep, start, path);
                Value::Invalid
            }
            Some(b'{') => Value::Object(self.object(path, depth)),
            Some(b'[') => Value::Array(self.array(path, depth)),
            Some(b'-' | b'0'..=b'9') => self.number(path),
            Some(b't') => self.literal("true", Value::Bool(true), path),
            Some(b'f') => self.literal("false", Value::Bool(false), path),
            Some(b'n') => self.literal("null", Value::Null, path),
            _ => {
                self.unexpected(path);
                Value::Invalid
            }
        };
        Node { range: start..self.at, value }
    }

    fn object(&mut self, path: &Path<'_>, depth: usize) -> Vec<Member> {
        self.at += 1;
        self.white_space();
        if self.next_is(b'}') {
            return Vec::new();
        }
        let mut members = Vec::with_capacity(MEMBERS);
        while !self.stopped {
            self.white_space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                self.unexpected(path);
                break;
            }
            let Some(key) = self.string::<CompactString>(path) else { break };
            let key_range = start..self.at;
            self.white_space();
            if !self.next_is(b':') {
                self.unexpected(path);
                break;
            }
            let value = self.value(&Path::Key(path, &Short(&key)), depth + 1);
            members.push(Member { key, key_range, value });
            if self.ends(b'}', path) {
                break;
            }
        }
        for again in duplicates(&members) {
            let path = Path::Key(path, &Short(&again.key));
            self.note(AnomalyKind::DuplicateMember, again.key_range.clone(), &path);
        }
        members
    }

    fn array(&mut self, path: &Path<'_>, depth: usize) -> Vec<Node> {
        let mut items = Vec::new();
        self.at += 1;
        self.white_space();
        if self.next_is(b']') {
            return items;
        }
        while !self.stopped {
            let path_here = Path::Index(path, items.len());
            items.push(self.value(&path_here, depth + 1));
            if self.ends(b']', path) {
                break;
            }
        }
        items
    }

    /// After an element: does the container end, here or by a fault?
    fn ends(&mut self, close: u8, path: &Path<'_>) -> bool {
        if self.stopped {
            return true;
        }
        self.white_space();
        if self.next_is(close) {
            return true;
        }
        if self.next_is(b',') {
            return false;
        }
        self.unexpected(path);
        true
    }

    /// A string from its opening quote to behind its closing one.
    fn string<T: Text<'a>>(&mut self, path: &Path<'_>) -> Option<T> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let from = self.at;
            self.at += plain(self.bytes.get(from..).unwrap_or_default());
            let piece = from..self.at;
            match self.peek() {
                Some(b'"') if out.is_empty() => {
                    self.at += 1;
                    return Some(self.piece(piece).into());
                }
                Some(b'"') => {
                    self.at += 1;
                    out.push_str(&self.piece(piece));
                    return Some(out.into());
                }
                Some(b'\\') => {
                    out.push_str(&self.piece(piece));
                    let escaped = self.escape(path)?;
                    out.push(escaped);
                }
                Some(control) => {
                    out.push_str(&self.piece(piece));
                    out.push(char::from(control));
                    self.at += 1;
                    let range = self.at - 1..self.at;
                    self.note(AnomalyKind::ControlCharacter, range, path);
                }
                None => {
                    self.stop(AnomalyKind::Truncated, start, path);
                    return None;
                }
            }
        }
    }

    /// The text of a range that ends at ASCII characters.
    fn piece(&self, range: Range<usize>) -> Cow<'a, str> {
        match self.text.get(range.clone()) {
            Some(text) => Cow::Borrowed(text),
            None => String::from_utf8_lossy(self.bytes.get(range).unwrap_or_default()),
        }
    }

    fn escape(&mut self, path: &Path<'_>) -> Option<char> {
        let start = self.at;
        let letter = self.bytes.get(start + 1).copied();
        self.at = (start + 2).min(self.bytes.len());
        Some(match letter {
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let Some(unit) = self.four_digits() else {
                    self.stop(AnomalyKind::BadEscape, start, path);
                    return None;
                };
                self.code_point(unit).unwrap_or_else(|| {
                    self.note(AnomalyKind::LoneSurrogate, start..self.at, path);
                    char::REPLACEMENT_CHARACTER
                })
            }
            Some(_) => {
                self.stop(AnomalyKind::BadEscape, start, path);
                return None;
            }
            None => {
                self.stop(AnomalyKind::Truncated, start, path);
                return None;
            }
        })
    }

    /// The character that a UTF-16 unit begins; its second half, if it has one, is consumed.
    fn code_point(&mut self, unit: u32) -> Option<char> {
        if !(0xd800..0xdc00).contains(&unit) {
            return char::from_u32(unit);
        }
        let back = self.at;
        if self.next_is(b'\\')
            && self.next_is(b'u')
            && let Some(low @ 0xdc00..0xe000) = self.four_digits()
        {
            return char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
        }
        self.at = back;
        None
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        let mut unit = 0;
        for digit in digits {
            unit = unit * 16 + char::from(*digit).to_digit(16)?;
        }
        self.at += 4;
        Some(unit)
    }

    fn number(&mut self, path: &Path<'_>) -> Value {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.iter().position(|byte| !part(byte));
        self.at += length.unwrap_or(rest.len());
        let text = self.piece(start..self.at).into_owned();
        if !is_number(text.as_bytes()) {
            self.note(AnomalyKind::BadNumber, start..self.at, path);
        }
        Value::Number(text)
    }

    fn literal(&mut self, word: &str, value: Value, path: &Path<'_>) -> Value {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return value;
        }
        if word.as_bytes().starts_with(rest) {
            let start = self.at;
            self.at = self.bytes.len();
            self.stop(AnomalyKind::Truncated, start, path);
        } else {
            self.unexpected(path);
        }
        Value::Invalid
    }

    fn white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Consumes this byte if it comes next.
    fn next_is(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        self.at += usize::from(next);
        next
    }

    /// Stops at a character that may not stand here, or at the end.
    fn unexpected(&mut self, path: &Path<'_>) {
        if self.at >= self.bytes.len() {
            self.stop(AnomalyKind::Truncated, self.at, path);
        } else {
            self.stopped = true;
            self.note(AnomalyKind::Unexpected, self.at..self.at + 1, path);
        }
    }

    fn stop(&mut self, kind: AnomalyKind, start: usize, path: &Path<'_>) {
        self.stopped = true;
        self.note(kind, start..self.at, path);
    }

    fn note(&mut self, kind: AnomalyKind, range: Range<usize>, path: &Path<'_>) {
        let position = AnomalyKind::ALL.iter().position(|each| *each == kind);
        let Some(listed) = position.and_then(|position| self.listed.get_mut(position)) else {
            return;
        };
        if *listed < MAX_LISTED {
            *listed += 1;
            self.anomalies.push(Anomaly { kind, range, path: path.to_string() });
        }
    }
}

/// How many bytes at the start are neither quote, backslash nor control character.
fn plain(bytes: &[u8]) -> usize {
    let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    let mut length = 0;
    // Sixteen at a time without branches, which the compiler turns into vector code.
    for chunk in bytes.chunks_exact(16) {
        if chunk.iter().fold(false, |any, byte| any | special(*byte)) {
            break;
        }
        length += 16;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    length + rest.iter().position(|byte| special(*byte)).unwrap_or(rest.len())
}

/// RFC 8259 6.
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, text) = digits(text);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with(b"0")) {
        return false;
    }
    let text = match text.strip_prefix(b".") {
        None => text,
        Some(fraction) => match digits(fraction) {
            ([], _) => return false,
            (_, text) => text,
        },
    };
    match text {
        [] => true,
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            matches!(digits(exponent), ([_, ..], []))
        }
        _ => false,
    }
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}
