//! DER (X.690) as a tree with byte ranges, and what breaks the distinguished rules.

pub mod oid;
mod read;
pub mod write;

use std::fmt;
use std::ops::Range;

pub use oid::oid_text;
pub use read::read;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The first value; none where not even its header could be read.
    pub root: Option<Node>,
    /// The bytes after the first value.
    pub rest: Range<usize>,
    /// Everything found wrong. At most a hundred of each kind are listed.
    pub anomalies: Vec<Anomaly>,
}

impl Document {
    /// The first anomaly of this kind.
    pub fn anomaly(&self, kind: AnomalyKind) -> Option<&Anomaly> {
        self.anomalies.iter().find(|anomaly| anomaly.kind == kind)
    }
}

/// One value. The content stays in the input; [`Node::content`] is where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Header and content.
    pub range: Range<usize>,
    /// Identifier and length.
    pub header: Range<usize>,
    /// The class of the tag.
    pub class: Class,
    /// Are values inside?
    pub constructed: bool,
    /// The tag number.
    pub tag: u32,
    /// The content.
    pub content: Range<usize>,
    /// The values inside, if constructed.
    pub children: Vec<Self>,
}

/// The class of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The same everywhere.
    Universal,
    /// Of one application.
    Application,
    /// Of its place in a structure.
    ContextSpecific,
    /// Of an organisation.
    Private,
}

/// Universal tag numbers.
pub mod tag {
    /// BOOLEAN.
    pub const BOOLEAN: u32 = 1;
    /// INTEGER.
    pub const INTEGER: u32 = 2;
    /// BIT STRING.
    pub const BIT_STRING: u32 = 3;
    /// OCTET STRING.
    pub const OCTET_STRING: u32 = 4;
    /// NULL.
    pub const NULL: u32 = 5;
    /// OBJECT IDENTIFIER.
    pub const OID: u32 = 6;
    /// ENUMERATED.
    pub const ENUMERATED: u32 = 10;
    /// UTF8String.
    pub const UTF8_STRING: u32 = 12;
    /// SEQUENCE.
    pub const SEQUENCE: u32 = 16;
    /// SET.
    pub const SET: u32 = 17;
    /// PrintableString.
    pub const PRINTABLE_STRING: u32 = 19;
    /// IA5String.
    pub const IA5_STRING: u32 = 22;
    /// UTCTime.
    pub const UTC_TIME: u32 = 23;
    /// GeneralizedTime.
    pub const GENERALIZED_TIME: u32 = 24;

    /// The name of a universal type.
    pub const fn name(tag: u32) -> Option<&'static str> {
        Some(match tag {
            BOOLEAN => "BOOLEAN",
            INTEGER => "INTEGER",
            BIT_STRING => "BIT STRING",
            OCTET_STRING => "OCTET STRING",
            NULL => "NULL",
            OID => "OBJECT IDENTIFIER",
            ENUMERATED => "ENUMERATED",
            UTF8_STRING => "UTF8String",
            SEQUENCE => "SEQUENCE",
            SET => "SET",
            PRINTABLE_STRING => "PrintableString",
            IA5_STRING => "IA5String",
            UTC_TIME => "UTCTime",
            GENERALIZED_TIME => "GeneralizedTime",
            _ => return None,
        })
    }
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// What is wrong.
    pub kind: AnomalyKind,
    /// The bytes concerned.
    pub range: Range<usize>,
    /// The way from the root by positions, such as `/0/2`; empty for the root.
    pub path: String,
}

/// What can be wrong with DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnomalyKind {
    /// A length is written longer than needed.
    NonMinimalLength,
    /// A length is indefinite; not read further.
    IndefiniteLength,
    /// A tag number is written longer than needed.
    NonMinimalTag,
    /// An INTEGER or ENUMERATED has superfluous leading bits.
    NonMinimalInteger,
    /// An INTEGER or ENUMERATED without content.
    EmptyInteger,
    /// A BOOLEAN that is neither 00 nor ff, or not one byte.
    BadBoolean,
    /// A NULL with content.
    BadNull,
    /// A BIT STRING without a count of unused bits, or with unused bits set.
    BadBitString,
    /// An OBJECT IDENTIFIER that does not end, or whose arcs are padded.
    BadOid,
    /// A string, boolean or number that is constructed, or a SEQUENCE or SET that is not.
    WrongForm,
    /// Bytes after the value.
    TrailingBytes,
    /// The bytes end inside a value.
    Truncated,
    /// Nested more than sixteen deep; not read further.
    TooDeep,
}

impl AnomalyKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::NonMinimalLength,
        Self::IndefiniteLength,
        Self::NonMinimalTag,
        Self::NonMinimalInteger,
        Self::EmptyInteger,
        Self::BadBoolean,
        Self::BadNull,
        Self::BadBitString,
        Self::BadOid,
        Self::WrongForm,
        Self::TrailingBytes,
        Self::Truncated,
        Self::TooDeep,
    ];

    /// The stable machine code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NonMinimalLength => "der_non_minimal_length",
            Self::IndefiniteLength => "der_indefinite_length",
            Self::NonMinimalTag => "der_non_minimal_tag",
            Self::NonMinimalInteger => "der_non_minimal_integer",
            Self::EmptyInteger => "der_empty_integer",
            Self::BadBoolean => "der_bad_boolean",
            Self::BadNull => "der_bad_null",
            Self::BadBitString => "der_bad_bit_string",
            Self::BadOid => "der_bad_oid",
            Self::WrongForm => "der_wrong_form",
            Self::TrailingBytes => "der_trailing_bytes",
            Self::Truncated => "der_truncated",
            Self::TooDeep => "der_too_deep",
        }
    }
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.range;
        write!(f, "{} at {start}..{end}", self.kind.code())?;
        if !self.path.is_empty() {
            write!(f, " in {}", self.path)?;
        }
        Ok(())
    }
}

impl Node {
    /// Is this a universal type with this tag number?
    pub fn is(&self, tag: u32) -> bool {
        self.class == Class::Universal && self.tag == tag
    }

    /// Is this tagged `[tag]`?
    pub fn is_context(&self, tag: u32) -> bool {
        self.class == Class::ContextSpecific && self.tag == tag
    }

    /// The content's bytes in the input that was read.
    pub fn content_of<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        bytes.get(self.content.clone()).unwrap_or_default()
    }

    /// Header and content in the input that was read.
    pub fn bytes_of<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        bytes.get(self.range.clone()).unwrap_or_default()
    }

    /// A non-negative INTEGER's magnitude without leading zeros, zero being empty.
    pub fn unsigned_of<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let content = self.content_of(bytes);
        let negative = content.first().is_none_or(|first| *first >= 0x80);
        if !self.is(tag::INTEGER) || negative {
            return None;
        }
        let zeros = content.iter().take_while(|byte| **byte == 0).count();
        content.get(zeros..)
    }

    /// An OBJECT IDENTIFIER's dotted text.
    pub fn oid_of(&self, bytes: &[u8]) -> Option<String> {
        self.is(tag::OID).then(|| oid_text(self.content_of(bytes))).flatten()
    }

    /// The type's name: `SEQUENCE`, `[0]`, `[APPLICATION 1]`.
    pub fn type_name(&self) -> String {
        let number = self.tag;
        match self.class {
            Class::Universal => tag::name(number).map_or_else(|| format!("[UNIVERSAL {number}]"), str::to_owned),
            Class::Application => format!("[APPLICATION {number}]"),
            Class::ContextSpecific => format!("[{number}]"),
            Class::Private => format!("[PRIVATE {number}]"),
        }
    }
}

#[cfg(test)]
mod tests;
