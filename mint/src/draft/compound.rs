use ciborium::Value;

/// A compound statement, WebAuthn L3 8.9.
#[derive(Debug, Clone)]
pub struct CompoundDraft {
    /// The statements, each a map of `fmt` and `attStmt`.
    pub parts: Vec<Value>,
    /// What stands in the array's stead.
    pub whole: Option<Value>,
}

impl CompoundDraft {
    /// The member of this name of the part at this place.
    pub(crate) fn member(&mut self, at: usize, name: &str) -> Option<&mut Value> {
        let members = self.parts.get_mut(at)?.as_map_mut()?;
        members.iter_mut().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
    }

    /// Takes the member of this name away from the part at this place.
    pub(crate) fn remove(&mut self, at: usize, name: &str) {
        if let Some(members) = self.parts.get_mut(at).and_then(Value::as_map_mut) {
            members.retain(|(key, _)| key.as_text() != Some(name));
        }
    }

    /// The statement.
    pub(crate) fn to_value(&self) -> Value {
        self.whole.clone().unwrap_or_else(|| Value::Array(self.parts.clone()))
    }
}
