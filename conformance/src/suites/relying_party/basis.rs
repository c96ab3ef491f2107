//! Where a case's authority comes from, which decides the profiles that ask it.

/// Where a case's authority comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The specification's own text, or plain necessity: without it nothing can be verified.
    Normative,
    /// What FIDO's public catalogue expects.
    Tool,
    /// The same, where it is pure syntax.
    Syntax,
    /// The specification's own text, where FIDO's public catalogue contradicts it.
    Untooled,
    /// Hardening beyond the specification.
    Hardening,
    /// A counter that did not increase: the specification leaves it open, others refuse it.
    Counter,
}

impl Basis {
    /// Does this profile ask it?
    pub fn is_in(self, profile: &str) -> bool {
        match profile {
            "tool-compatible" => !matches!(self, Self::Hardening | Self::Untooled),
            "hardened" => self != Self::Tool,
            _ => matches!(self, Self::Normative | Self::Untooled),
        }
    }
}
