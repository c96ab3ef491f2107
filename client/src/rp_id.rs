//! Which RP IDs an origin may use (WebAuthn L3 5.1.3 step 8, HTML "is a registrable domain suffix of or is equal to").

use std::fmt;

use crate::origin::{Origin, ends_in_a_number, is_domain};

/// The RP ID of a ceremony: the one asked for if the origin may have it, or the effective domain.
pub fn determine(origin: &Origin, requested: Option<&str>) -> Result<String, Refused> {
    let domain = origin.effective_domain();
    let Some(requested) = requested else {
        return Ok(domain.to_owned());
    };
    if !is_domain(requested) || ends_in_a_number(requested) {
        return Err(Refused::NotADomain { requested: requested.to_owned() });
    }
    if requested == domain {
        return Ok(requested.to_owned());
    }
    let is_suffix = domain.strip_suffix(requested).is_some_and(|rest| rest.ends_with('.'));
    if !is_suffix {
        return Err(Refused::NotASuffix { requested: requested.to_owned(), domain: domain.to_owned() });
    }
    // The suffix must be longer than both public suffixes, which can differ where a rule has an exception.
    if is_public(requested) || psl::suffix_str(domain).is_none_or(|public| public.len() >= requested.len()) {
        return Err(Refused::PublicSuffix { requested: requested.to_owned() });
    }
    Ok(requested.to_owned())
}

fn is_public(domain: &str) -> bool {
    psl::suffix_str(domain).is_none_or(|suffix| suffix == domain)
}

/// Why an origin may not have an RP ID, related origins aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The RP ID is no domain.
    NotADomain {
        /// The RP ID.
        requested: String,
    },
    /// The RP ID is neither the domain nor a suffix of it.
    NotASuffix {
        /// The RP ID.
        requested: String,
        /// The origin's domain.
        domain: String,
    },
    /// The RP ID is a suffix under which many register.
    PublicSuffix {
        /// The RP ID.
        requested: String,
    },
}

impl Refused {
    /// The stable machine code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotADomain { .. } => "rp_id_not_a_domain",
            Self::NotASuffix { .. } => "rp_id_not_a_suffix",
            Self::PublicSuffix { .. } => "rp_id_public_suffix",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADomain { requested } => write!(f, "RP ID {requested:?} is no domain"),
            Self::NotASuffix { requested, domain } => write!(f, "RP ID {requested:?} is no suffix of {domain:?}"),
            Self::PublicSuffix { requested } => write!(f, "RP ID {requested:?} is a public suffix"),
        }
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests;
