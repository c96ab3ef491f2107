//! Members of a statement's JSON, read with tolerance: what is of another type is not there.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// An object of the statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Info<'s>(pub(super) &'s Map<String, Value>);

impl<'s> Info<'s> {
    pub(super) fn has(self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn texts(self, name: &str) -> Vec<String> {
        self.list(name).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// A whole number, where the type has room for it.
    pub(super) fn number<N: TryFrom<u64>>(self, name: &str) -> Option<N> {
        self.0.get(name)?.as_u64()?.try_into().ok()
    }

    pub(super) fn numbers(self, name: &str) -> Vec<u64> {
        self.list(name).iter().filter_map(Value::as_u64).collect()
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    pub(super) fn option(self, id: &str) -> Option<bool> {
        self.0.get("options")?.get(id)?.as_bool()
    }

    pub(super) fn levels(self, name: &str) -> BTreeMap<String, u64> {
        let object = self.0.get(name).and_then(Value::as_object);
        object.into_iter().flatten().filter_map(|(name, level)| Some((name.clone(), level.as_u64()?))).collect()
    }

    /// UTF-8 that is written in hexadecimal.
    pub(super) fn hex_text(self, name: &str) -> Option<String> {
        let digits = self.0.get(name)?.as_str()?;
        let pairs = (0..digits.len()).step_by(2).map(|at| digits.get(at..at + 2));
        let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
        String::from_utf8(bytes?).ok()
    }

    /// The numbers of `algorithms`; nothing where it is not there.
    pub(super) fn algorithms(self) -> Option<Vec<i64>> {
        self.has("algorithms")
            .then(|| self.list("algorithms").iter().filter_map(|item| item.get("alg")?.as_i64()).collect())
    }

    fn list(self, name: &str) -> &'s [Value] {
        self.0.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}
