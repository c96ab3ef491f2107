//! A list of models: kept as given, searched in order.

use assay_protocol::aaguid::Aaguid;

/// AAGUIDs in the order in which they were given, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AaguidList {
    given: Vec<Aaguid>,
    sorted: Vec<Aaguid>,
}

impl AaguidList {
    /// Is it a member?
    pub fn contains(&self, aaguid: &Aaguid) -> bool {
        self.sorted.binary_search(aaguid).is_ok()
    }

    /// Is nothing listed?
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// The members, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = &Aaguid> {
        self.given.iter()
    }
}

impl FromIterator<Aaguid> for AaguidList {
    fn from_iter<I: IntoIterator<Item = Aaguid>>(aaguids: I) -> Self {
        let given: Vec<Aaguid> = aaguids.into_iter().collect();
        let mut sorted = given.clone();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() == given.len() {
            return Self { given, sorted };
        }
        // Somebody listed a model twice: keep its first place.
        let mut seen = vec![false; sorted.len()];
        let given = given
            .into_iter()
            .filter(|aaguid| {
                let at = sorted.binary_search(aaguid).ok();
                let flag = at.and_then(|at| seen.get_mut(at));
                flag.is_some_and(|flag| !std::mem::replace(flag, true))
            })
            .collect();
        Self { given, sorted }
    }
}
