//! The TPM's own encoding (TPM 2.0 Part 2, 4.2 and 10.4): big-endian numbers, and buffers behind
//! their size. What is read is noted down, so that the same reader serves to show a structure.

use std::ops::Range;

/// One field of a structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in TPM 2.0 Part 2.
    pub name: &'static str,
    /// What it holds.
    pub value: Value,
    /// Its bytes in the structure.
    pub range: Range<usize>,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(u64),
    /// A number from a registry, and what it is called there.
    Named(u64, Option<&'static str>),
    /// The size of the buffer that follows.
    Size(u16),
    /// Bytes.
    Buffer,
}

/// The bytes end before a field does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Short {
    name: &'static str,
    wanted: usize,
    left: usize,
}

impl Short {
    pub(super) fn detail(&self) -> String {
        format!("{}: {} bytes wanted, {} left", self.name, self.wanted, self.left)
    }
}

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    fields: Vec<Field>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, fields: Vec::new() }
    }

    pub(super) fn u8(&mut self, name: &'static str) -> Result<u8, Short> {
        let [byte] = self.array(name)?;
        self.note(name, 1, Value::Number(byte.into()));
        Ok(byte)
    }

    pub(super) fn u16(&mut self, name: &'static str) -> Result<u16, Short> {
        let number = u16::from_be_bytes(self.array(name)?);
        self.note(name, 2, Value::Number(number.into()));
        Ok(number)
    }

    /// A number of two bytes from a registry.
    pub(super) fn named(
        &mut self,
        name: &'static str,
        registry: fn(u16) -> Option<&'static str>,
    ) -> Result<u16, Short> {
        let number = u16::from_be_bytes(self.array(name)?);
        self.note(name, 2, Value::Named(number.into(), registry(number)));
        Ok(number)
    }

    pub(super) fn u32(&mut self, name: &'static str) -> Result<u32, Short> {
        let number = u32::from_be_bytes(self.array(name)?);
        self.note(name, 4, Value::Number(number.into()));
        Ok(number)
    }

    pub(super) fn u64(&mut self, name: &'static str) -> Result<u64, Short> {
        let number = u64::from_be_bytes(self.array(name)?);
        self.note(name, 8, Value::Number(number));
        Ok(number)
    }

    /// A buffer behind its size of two bytes.
    pub(super) fn sized(&mut self, name: &'static str) -> Result<&'a [u8], Short> {
        let size = u16::from_be_bytes(self.array(name)?);
        self.note(name, 2, Value::Size(size));
        let size = usize::from(size);
        let content = self.take(name, size)?;
        self.note(name, size, Value::Buffer);
        Ok(content)
    }

    /// How many bytes are left over.
    pub(super) fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    /// What was read, in order.
    pub(super) fn into_fields(self) -> Vec<Field> {
        self.fields
    }

    fn array<const N: usize>(&mut self, name: &'static str) -> Result<[u8; N], Short> {
        let left = self.left();
        let bytes = self.take(name, N)?;
        bytes.try_into().or(Err(Short { name, wanted: N, left }))
    }

    fn take(&mut self, name: &'static str, wanted: usize) -> Result<&'a [u8], Short> {
        let left = self.left();
        let end = self.at.saturating_add(wanted);
        let bytes = self.bytes.get(self.at..end).ok_or(Short { name, wanted, left })?;
        self.at = end;
        Ok(bytes)
    }

    /// The last `length` bytes were this field.
    fn note(&mut self, name: &'static str, length: usize, value: Value) {
        self.fields.push(Field { name, value, range: self.at.saturating_sub(length)..self.at });
    }
}
