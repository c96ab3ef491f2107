//! Who vouches for a credential, a statement at a time (WebAuthn L3 7.1 steps 23 and 24; 8.9).

use assay_attestation::{AttestationType, Format, Statement};
use assay_protocol::authenticator_data::AttestedCredentialData;
use assay_protocol::base64url;
use assay_protocol::check::Enforced;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Chain, Trust};
use crate::profile::Profile;
use crate::rejection::{Check, Rejection};

/// A valid statement, and where its path ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// The statement.
    pub statement: Statement,
    /// Where its certificate path ends.
    pub chain: Chain,
    /// SHA-256 of the anchor in which it ends.
    pub anchor_sha256: Option<[u8; 32]>,
}

/// What is made of a registration's statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vouched {
    /// The format that the statement came in.
    pub(crate) fmt: Format,
    /// The statement itself; of a compound one the part that speaks for the whole.
    pub(crate) lead: Voice,
    /// The parts of a compound statement that count.
    pub(crate) parts: Vec<Voice>,
}

impl Trust<'_> {
    /// Judges a statement: its type, its path, and its model's metadata. Of a compound one as many
    /// parts have to pass as the profile says, and the weakest of that many speaks for the whole.
    pub(crate) fn judge(
        &self,
        statement: Statement,
        attested: &AttestedCredentialData,
        accepted: Option<&[AttestationType]>,
        now: OffsetDateTime,
        profile: &Profile,
    ) -> Result<Vouched, Rejection> {
        let (fmt, enforced) = (statement.fmt, &profile.enforced);
        if statement.fmt != Format::Compound {
            let lead = self.hear(statement, attested, accepted, now, enforced)?;
            return Ok(Vouched { fmt, lead, parts: Vec::new() });
        }
        let needed = profile.switches.compound.of(statement.parts.len());
        let (mut parts, mut refusal) = (Vec::new(), None);
        for part in statement.parts.clone() {
            match self.hear(part, attested, accepted, now, enforced) {
                Ok(voice) => parts.push(voice),
                Err(rejection) => {
                    refusal.get_or_insert(rejection);
                }
            }
        }
        if let Some(rejection) = refusal.filter(|_| parts.len() < needed) {
            return Err(rejection);
        }
        let mut strengths: Vec<u8> = parts.iter().map(|voice| voice.chain.strength()).collect();
        strengths.sort_unstable_by(|one, other| other.cmp(one));
        let asked = strengths.get(needed.saturating_sub(1)).copied();
        let lead = parts.iter().find(|voice| Some(voice.chain.strength()) == asked).cloned();
        // Without a part, which takes a check left out, the whole is as good as none.
        let lead = lead.unwrap_or(Voice { statement, chain: Chain::Absent, anchor_sha256: None });
        Ok(Vouched { fmt, lead, parts })
    }

    fn hear(
        &self,
        statement: Statement,
        attested: &AttestedCredentialData,
        accepted: Option<&[AttestationType]>,
        now: OffsetDateTime,
        enforced: &Enforced,
    ) -> Result<Voice, Rejection> {
        let kind = statement.attestation_type;
        if accepted.is_some_and(|accepted| !accepted.contains(&kind)) {
            Check::AttestationTypeNotAllowed.refuse(enforced, format!("{kind}, accepted {accepted:?}"))?;
        }
        let (chain, anchor_sha256) = self.judge_path(&statement, &attested.aaguid, now, enforced)?;
        self.judge_model(&statement, &attested.aaguid, attested.credential_public_key.alg, enforced)?;
        Ok(Voice { statement, chain, anchor_sha256 })
    }
}

impl Voice {
    /// The JSON form for the audit.
    pub(crate) fn to_json(&self) -> Value {
        let x5c = self.statement.trust_path.iter().map(|one| base64url::encode(&one.der));
        json!({
            "fmt": self.statement.fmt,
            "attestation_type": self.statement.attestation_type,
            "attestation_algorithm": self.statement.alg,
            "chain": self.chain,
            "chain_verified": self.chain.is_verified(),
            "x5c": x5c.collect::<Vec<_>>(),
        })
    }
}

impl Chain {
    /// What is worth more has more of it: a path that is broken in itself is worth nothing.
    fn strength(&self) -> u8 {
        match self {
            Self::Unverified { code } if *code != assay_attestation::Check::PathUntrusted.id() => 0,
            Self::Absent => 1,
            Self::Unverified { .. } => 2,
            Self::NotJudged => 3,
            Self::Anchor => 4,
            Self::Metadata | Self::Bound => 5,
        }
    }
}
