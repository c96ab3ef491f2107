use std::ops::Range;

use super::super::{MAX_DEPTH, MAX_LISTED, Path};
use super::{Anomaly, AnomalyKind, Class, Document, Node, tag};

/// Reads one value and lists what is wrong with it; bytes after it are an anomaly.
pub fn read(bytes: &[u8]) -> Document {
    let mut reader =
        Reader { bytes, at: 0, stopped: false, anomalies: Vec::new(), listed: [0; AnomalyKind::ALL.len()] };
    let root = reader.value(bytes.len(), &Path::Root, 1);
    let rest = reader.at..bytes.len();
    if !reader.stopped && !rest.is_empty() {
        reader.note(AnomalyKind::TrailingBytes, rest.clone(), &Path::Root);
    }
    Document { root, rest, anomalies: reader.anomalies }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Set at the first fault after which no boundary is known.
    stopped: bool,
    anomalies: Vec<Anomaly>,
    listed: [u16; AnomalyKind::ALL.len()],
}

impl Reader<'_> {
    /// A value that ends at `end` or before.
    fn value(&mut self, end: usize, path: &Path<'_>, depth: usize) -> Option<Node> {
        let start = self.at;
        let (identifier, tag) = self.identifier(end, path)?;
        let length = self.length(end, path)?;
        let header = start..self.at;
        let content_end = self.at.checked_add(length).filter(|content_end| *content_end <= end);
        let truncated = content_end.is_none();
        let content = self.at..content_end.unwrap_or(end);
        let mut node = Node {
            range: start..content.end,
            header,
            class: match identifier >> 6 {
                0 => Class::Universal,
                1 => Class::Application,
                2 => Class::ContextSpecific,
                _ => Class::Private,
            },
            constructed: identifier & 0x20 != 0,
            tag,
            content: content.clone(),
            children: Vec::new(),
        };
        if truncated {
            self.at = end;
            self.stop(AnomalyKind::Truncated, start, path);
            return Some(node);
        }
        if node.constructed {
            if depth >= MAX_DEPTH {
                self.at = content.end;
                self.stop(AnomalyKind::TooDeep, start, path);
                return Some(node);
            }
            while !self.stopped && self.at < content.end {
                let path = Path::Index(path, node.children.len());
                let child = self.value(content.end, &path, depth + 1);
                node.children.extend(child);
            }
        }
        if !self.stopped {
            self.at = content.end;
            self.judge(&node, path);
        }
        Some(node)
    }

    fn identifier(&mut self, end: usize, path: &Path<'_>) -> Option<(u8, u32)> {
        let start = self.at;
        let identifier = self.byte(end, start, path)?;
        let low = identifier & 0x1f;
        if low < 0x1f {
            return Some((identifier, low.into()));
        }
        let mut tag = 0_u32;
        loop {
            let byte = self.byte(end, start, path)?;
            if tag == 0 && byte == 0x80 {
                self.note(AnomalyKind::NonMinimalTag, start..self.at, path);
            }
            // A number beyond all use keeps its low bits only.
            tag = tag.wrapping_shl(7) | u32::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
        }
        if tag < 0x1f {
            self.note(AnomalyKind::NonMinimalTag, start..self.at, path);
        }
        Some((identifier, tag))
    }

    fn length(&mut self, end: usize, path: &Path<'_>) -> Option<usize> {
        let start = self.at;
        let first = self.byte(end, start, path)?;
        match first {
            0..=0x7f => return Some(first.into()),
            0x80 => {
                self.stop(AnomalyKind::IndefiniteLength, start, path);
                return None;
            }
            _ => {}
        }
        let mut length = 0_usize;
        let mut padded = false;
        for position in 0..first & 0x7f {
            let byte = self.byte(end, start, path)?;
            padded |= position == 0 && byte == 0;
            // A length beyond all bounds is a truncated value.
            length = length.checked_mul(256).map_or(usize::MAX, |high| high | usize::from(byte));
        }
        if padded || length < 0x80 {
            self.note(AnomalyKind::NonMinimalLength, start..self.at, path);
        }
        Some(length)
    }

    fn byte(&mut self, end: usize, start: usize, path: &Path<'_>) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        match byte.filter(|_| self.at < end) {
            Some(byte) => {
                self.at += 1;
                Some(byte)
            }
            None => {
                self.stop(AnomalyKind::Truncated, start, path);
                None
            }
        }
    }

    /// The distinguished rules for the content of universal types.
    fn judge(&mut self, node: &Node, path: &Path<'_>) {
        if node.class != Class::Universal {
            return;
        }
        let should_nest = matches!(node.tag, tag::SEQUENCE | tag::SET);
        let known = tag::name(node.tag).is_some();
        if known && should_nest != node.constructed {
            self.note(AnomalyKind::WrongForm, node.range.clone(), path);
            return;
        }
        let content = node.content_of(self.bytes);
        let fault = match (node.tag, content) {
            (tag::BOOLEAN, [0x00 | 0xff]) => None,
            (tag::BOOLEAN, _) => Some(AnomalyKind::BadBoolean),
            (tag::NULL, [_, ..]) => Some(AnomalyKind::BadNull),
            (tag::INTEGER | tag::ENUMERATED, []) => Some(AnomalyKind::EmptyInteger),
            (tag::INTEGER | tag::ENUMERATED, [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..]) => {
                Some(AnomalyKind::NonMinimalInteger)
            }
            (tag::BIT_STRING, _) if !good_bits(content) => Some(AnomalyKind::BadBitString),
            (tag::OID, _) if !good_arcs(content) => Some(AnomalyKind::BadOid),
            _ => None,
        };
        if let Some(kind) = fault {
            self.note(kind, node.range.clone(), path);
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

fn good_bits(content: &[u8]) -> bool {
    match content {
        [] => false,
        [unused] => *unused == 0,
        [unused @ 0..=7, .., last] => u32::from(*unused) <= last.trailing_zeros(),
        _ => false,
    }
}

fn good_arcs(content: &[u8]) -> bool {
    let ends = content.last().is_some_and(|last| last & 0x80 == 0);
    let mut arc_begins = true;
    let mut padded = false;
    for byte in content {
        padded |= arc_begins && *byte == 0x80;
        arc_begins = byte & 0x80 == 0;
    }
    ends && !padded
}
