use std::cmp::Ordering;
use std::ops::Range;

use ciborium_ll::{Decoder, Error, Header, simple};

use super::super::{MAX_DEPTH, MAX_LISTED, Path};
use super::{Anomaly, AnomalyKind, Document, Node, Value};

/// Reads one item and lists what is wrong with it; bytes after it are an anomaly.
pub fn read(bytes: &[u8]) -> Document {
    let mut reader = Reader::new(bytes, 0);
    let root = reader.root();
    let rest = reader.at..bytes.len();
    if root.is_some() && !reader.stopped && !rest.is_empty() {
        reader.note(AnomalyKind::TrailingBytes, rest.clone(), &Path::Root);
    }
    reader.into_document(root, rest)
}

/// Reads one item at the start and tells how many bytes it takes; what follows it is no anomaly.
pub fn read_prefix(bytes: &[u8]) -> (Document, usize) {
    read_prefix_at(bytes, 0)
}

/// The same from the offset `start` on: ranges and the returned end count from the start of `bytes`.
pub fn read_prefix_at(bytes: &[u8], start: usize) -> (Document, usize) {
    let mut reader = Reader::new(bytes, start.min(bytes.len()));
    let root = reader.root();
    let end = reader.at;
    (reader.into_document(root, end..bytes.len()), end)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Set at the first fault after which no item boundary is known.
    stopped: bool,
    anomalies: Vec<Anomaly>,
    listed: [u16; AnomalyKind::ALL.len()],
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, stopped: false, anomalies: Vec::new(), listed: [0; AnomalyKind::ALL.len()] }
    }

    fn into_document(self, root: Option<Node>, rest: Range<usize>) -> Document {
        Document { root, rest, anomalies: self.anomalies }
    }

    fn root(&mut self) -> Option<Node> {
        let root = self.item(&Path::Root, 1);
        (root.value != Value::Invalid).then_some(root)
    }

    fn item(&mut self, path: &Path<'_>, depth: usize) -> Node {
        let start = self.at;
        let value = match self.header(path) {
            Some(header) => self.content(header, start, path, depth),
            None => Value::Invalid,
        };
        Node { range: start..self.at, value }
    }

    /// The next header; none, and a note, where there is none.
    fn header(&mut self, path: &Path<'_>) -> Option<Header> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if let Some((header, length)) = short(rest) {
            self.at += length;
            return Some(header);
        }
        let mut decoder = Decoder::from(rest);
        match decoder.pull() {
            Ok(header) => {
                self.at += decoder.offset();
                Some(header)
            }
            Err(Error::Io(_)) => {
                let start = self.at;
                self.at = self.bytes.len();
                self.stop(AnomalyKind::Truncated, start, path);
                None
            }
            Err(Error::Syntax(_)) => {
                let start = self.at;
                self.at += 1;
                self.stop(AnomalyKind::Reserved, start, path);
                None
            }
        }
    }

    fn content(&mut self, header: Header, start: usize, path: &Path<'_>, depth: usize) -> Value {
        let nests = matches!(header, Header::Array(_) | Header::Map(_) | Header::Tag(_));
        if nests && depth > MAX_DEPTH {
            self.stop(AnomalyKind::TooDeep, start, path);
            return Value::Invalid;
        }
        match header {
            Header::Positive(value) => {
                self.minimal(value, start, AnomalyKind::NonMinimalInteger, path);
                Value::Unsigned(value)
            }
            Header::Negative(value) => {
                self.minimal(value, start, AnomalyKind::NonMinimalInteger, path);
                Value::Negative(value)
            }
            Header::Bytes(length) => match self.string(length, StringKind::Bytes, start, path) {
                Some(bytes) => Value::Bytes(bytes),
                None => Value::Invalid,
            },
            Header::Text(length) => match self.string(length, StringKind::Text, start, path) {
                Some(bytes) => Value::Text(String::from_utf8(bytes).unwrap_or_else(|error| {
                    self.note(AnomalyKind::InvalidUtf8, start..self.at, path);
                    String::from_utf8_lossy(error.as_bytes()).into_owned()
                })),
                None => Value::Invalid,
            },
            Header::Array(length) => {
                self.length(length, start, path);
                Value::Array(self.array(length, path, depth))
            }
            Header::Map(length) => {
                self.length(length, start, path);
                let entries = self.map(length, path, depth);
                self.keys(&entries, path);
                Value::Map(entries)
            }
            Header::Tag(tag) => {
                self.minimal(tag, start, AnomalyKind::NonMinimalInteger, path);
                self.note(AnomalyKind::Tag, start..self.at, path);
                Value::Tag(tag, Box::new(self.item(path, depth + 1)))
            }
            Header::Simple(value) => self.simple(value, start, path),
            Header::Float(value) => Value::Float(value),
            Header::Break => {
                self.stop(AnomalyKind::Reserved, start, path);
                Value::Invalid
            }
        }
    }

    fn simple(&mut self, value: u8, start: usize, path: &Path<'_>) -> Value {
        // A value below 32 in the two-byte form is not well-formed.
        if value < 32 && self.at - start > 1 {
            self.note(AnomalyKind::Reserved, start..self.at, path);
        }
        match value {
            simple::FALSE => Value::Bool(false),
            simple::TRUE => Value::Bool(true),
            simple::NULL => Value::Null,
            simple::UNDEFINED => Value::Undefined,
            other => Value::Simple(other),
        }
    }

    fn array(&mut self, length: Option<usize>, path: &Path<'_>, depth: usize) -> Vec<Node> {
        let mut items = Vec::with_capacity(length.map_or(0, |length| length.min(AT_ONCE)));
        while self.goes_on(length, items.len()) {
            let path = Path::Index(path, items.len());
            items.push(self.item(&path, depth + 1));
        }
        items
    }

    fn map(&mut self, length: Option<usize>, path: &Path<'_>, depth: usize) -> Vec<(Node, Node)> {
        let mut entries = Vec::with_capacity(length.map_or(0, |length| length.min(AT_ONCE)));
        while self.goes_on(length, entries.len()) {
            let key = self.item(path, depth + 1);
            let value = if self.stopped {
                Node { range: self.at..self.at, value: Value::Invalid }
            } else {
                self.item(&Path::Key(path, &key), depth + 1)
            };
            entries.push((key, value));
        }
        entries
    }

    /// Is there another item of a container? A break that ends it is consumed.
    fn goes_on(&mut self, length: Option<usize>, have: usize) -> bool {
        const BREAK: u8 = 0xff;
        if self.stopped {
            return false;
        }
        match length {
            Some(length) => have < length,
            None if self.bytes.get(self.at) == Some(&BREAK) => {
                self.at += 1;
                false
            }
            None => true,
        }
    }

    /// The content of a string, its chunks joined.
    fn string(&mut self, length: Option<usize>, kind: StringKind, start: usize, path: &Path<'_>) -> Option<Vec<u8>> {
        self.length(length, start, path);
        if let Some(length) = length {
            return Some(self.take(length, start, path)?.to_vec());
        }
        let mut joined = Vec::new();
        while self.goes_on(None, 0) {
            let start = self.at;
            let ((Header::Bytes(Some(length)), StringKind::Bytes) | (Header::Text(Some(length)), StringKind::Text)) =
                (self.header(path)?, kind)
            else {
                self.stop(AnomalyKind::Reserved, start, path);
                return None;
            };
            self.length(Some(length), start, path);
            joined.extend_from_slice(self.take(length, start, path)?);
        }
        Some(joined)
    }

    fn take(&mut self, length: usize, start: usize, path: &Path<'_>) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        if taken.is_none() {
            self.at = self.bytes.len();
            self.stop(AnomalyKind::Truncated, start, path);
        }
        self.at += taken.map_or(0, <[u8]>::len);
        taken
    }

    /// Notes a length that is indefinite or longer than need be. The header has just been read.
    fn length(&mut self, length: Option<usize>, start: usize, path: &Path<'_>) {
        match length.map(u64::try_from) {
            Some(Ok(length)) => self.minimal(length, start, AnomalyKind::NonMinimalLength, path),
            Some(Err(_)) => {}
            None => self.note(AnomalyKind::IndefiniteLength, start..self.at, path),
        }
    }

    fn minimal(&mut self, value: u64, start: usize, kind: AnomalyKind, path: &Path<'_>) {
        let shortest = match value {
            0..=23 => 1,
            24..=0xff => 2,
            0x100..=0xffff => 3,
            0x1_0000..=0xffff_ffff => 5,
            _ => 9,
        };
        if self.at - start > shortest {
            self.note(kind, start..self.at, path);
        }
    }

    /// Notes keys out of order and keys that come twice.
    fn keys(&mut self, entries: &[(Node, Node)], path: &Path<'_>) {
        let bytes = self.bytes;
        let mut sorted = true;
        for (before, after) in entries.iter().zip(entries.iter().skip(1)) {
            match canonical_order(bytes, &before.0, &after.0) {
                Ordering::Less => {}
                Ordering::Equal => sorted = false,
                Ordering::Greater => {
                    sorted = false;
                    let path = Path::Key(path, &after.0);
                    self.note(AnomalyKind::WrongOrder, after.0.range.clone(), &path);
                }
            }
        }
        if sorted {
            return;
        }
        let mut keys: Vec<&Node> = entries.iter().map(|(key, _)| key).collect();
        keys.sort_by(|a, b| canonical_order(bytes, a, b));
        for (first, second) in keys.iter().zip(keys.iter().skip(1)) {
            if canonical_order(bytes, first, second) == Ordering::Equal {
                let path = Path::Key(path, second);
                self.note(AnomalyKind::DuplicateKey, second.range.clone(), &path);
            }
        }
    }

    /// Notes an anomaly after which nothing more can be read.
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

/// What there is room for at once, of the length that a container declares.
const AT_ONCE: usize = 8;

/// A header of one or two bytes, as nearly all are, and its length; what is longer, indefinite or
/// of major type 7 is left to ciborium.
pub(super) fn short(bytes: &[u8]) -> Option<(Header, usize)> {
    let (first, rest) = bytes.split_first()?;
    let (argument, length) = match first & 0x1f {
        argument @ 0..=23 => (argument, 1),
        24 => (*rest.first()?, 2),
        _ => return None,
    };
    let header = match first >> 5 {
        0 => Header::Positive(argument.into()),
        1 => Header::Negative(argument.into()),
        2 => Header::Bytes(Some(argument.into())),
        3 => Header::Text(Some(argument.into())),
        4 => Header::Array(Some(argument.into())),
        5 => Header::Map(Some(argument.into())),
        6 => Header::Tag(argument.into()),
        _ => return None,
    };
    Some((header, length))
}

#[derive(Clone, Copy)]
enum StringKind {
    Bytes,
    Text,
}

/// CTAP 2.3 8: lower major type first, then the shorter encoding, then the lower bytes. Integers
/// and strings compare by value, so that one written too long still equals its twin. What has no
/// value stands behind all of its major type: by its bytes it might stand before a string, and that
/// before another, and this before it, and sorting panics where there is no order.
fn canonical_order(bytes: &[u8], a: &Node, b: &Node) -> Ordering {
    match (&a.value, &b.value) {
        (Value::Unsigned(a), Value::Unsigned(b)) | (Value::Negative(a), Value::Negative(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        _ => {
            let a_bytes = bytes.get(a.range.clone()).unwrap_or_default();
            let b_bytes = bytes.get(b.range.clone()).unwrap_or_default();
            let is_invalid = |node: &Node| node.value == Value::Invalid;
            let major = |bytes: &[u8]| bytes.first().map(|first| first >> 5);
            major(a_bytes)
                .cmp(&major(b_bytes))
                .then_with(|| is_invalid(a).cmp(&is_invalid(b)))
                .then_with(|| a_bytes.len().cmp(&b_bytes.len()))
                .then_with(|| a_bytes.cmp(b_bytes))
        }
    }
}
