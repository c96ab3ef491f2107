//! How a model keeps its private keys.

use std::fmt;

/// One way of keeping a key (FIDO Registry 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyProtection {
    /// In software.
    Software,
    /// In hardware, of whatever kind.
    Hardware,
    /// In a trusted execution environment.
    Tee,
    /// In a secure element.
    SecureElement,
    /// The key is kept outside, wrapped by the authenticator.
    RemoteHandle,
}

impl KeyProtection {
    const ALL: [Self; 5] = [Self::Software, Self::Hardware, Self::Tee, Self::SecureElement, Self::RemoteHandle];

    /// The word used in metadata.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Software => "software",
            Self::Hardware => "hardware",
            Self::Tee => "tee",
            Self::SecureElement => "secure_element",
            Self::RemoteHandle => "remote_handle",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Software => 1,
            Self::Hardware => 2,
            Self::Tee => 4,
            Self::SecureElement => 8,
            Self::RemoteHandle => 16,
        }
    }
}

/// All that a model claims about its keys; words that we do not know are left out.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct KeyProtections(u8);

impl KeyProtections {
    /// Is this one claimed?
    pub fn has(self, one: KeyProtection) -> bool {
        self.0 & one.bit() != 0
    }

    /// The claims, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = KeyProtection> {
        KeyProtection::ALL.into_iter().filter(move |one| self.has(*one))
    }

    pub(super) fn insert_word(&mut self, word: &str) {
        let known = KeyProtection::ALL.into_iter().find(|one| one.as_str() == word);
        self.0 |= known.map_or(0, KeyProtection::bit);
    }
}

impl fmt::Debug for KeyProtections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
