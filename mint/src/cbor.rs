//! CBOR maps as a forger writes them: entries in any order, twice, of any type.

use assay_protocol::tree::cbor::to_bytes;
use ciborium::Value;

/// The entries of a map, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Map(pub Vec<(Value, Value)>);

impl Map {
    /// The value of the first entry with this key.
    pub fn get(&self, key: impl Into<Value>) -> Option<&Value> {
        let key = key.into();
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// The byte string of the first entry with this key.
    pub fn bytes_mut(&mut self, key: impl Into<Value>) -> Option<&mut Vec<u8>> {
        let key = key.into();
        self.0.iter_mut().find(|(name, _)| *name == key).and_then(|(_, value)| match value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        })
    }

    /// Replaces the value of this key, or adds the entry at the end.
    pub fn set(&mut self, key: impl Into<Value>, value: impl Into<Value>) {
        let (key, value) = (key.into(), value.into());
        match self.0.iter_mut().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key, value)),
        }
    }

    /// Adds an entry at the end, whether or not there is one with this key.
    pub fn push(&mut self, key: impl Into<Value>, value: impl Into<Value>) {
        self.0.push((key.into(), value.into()));
    }

    /// Takes all entries with this key away.
    pub fn remove(&mut self, key: impl Into<Value>) {
        let key = key.into();
        self.0.retain(|(name, _)| *name != key);
    }

    /// Writes the first entry a second time, at the end.
    pub fn repeat(&mut self, key: impl Into<Value>) {
        let key = key.into();
        if let Some(value) = self.get(key.clone()).cloned() {
            self.0.push((key, value));
        }
    }

    /// The map as a value, in this order.
    pub fn to_value(&self) -> Value {
        Value::Map(self.0.clone())
    }

    /// The map in CBOR, in this order.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(&self.to_value())
    }
}
