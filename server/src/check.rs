//! The rules about challenges that only whoever issued them can keep.
//!
//! What stands inside a response is checked by `assay-relying-party`; these look at what the
//! server remembers. Each can be skipped by its id, like every other check.

use assay_protocol::check::CheckInfo;

assay_protocol::checks! {
    /// A rule about the challenge that a response claims to answer.
    pub enum Check {
        ChallengeReused = "challenge_reused", Normative, "WebAuthn L3 13.4.3", "A challenge is answered once, whether the answer was good or bad";
        ChallengeOtherCeremony = "challenge_other_ceremony", Normative, "WebAuthn L3 13.4.3", "A challenge issued for one ceremony is not answered in the other";
        ChallengeExpired = "challenge_expired", Normative, "WebAuthn L3 13.4.3", "A challenge is answered before its lifetime is over";
    }
}

/// What is known of every check of this crate.
pub fn infos() -> impl Iterator<Item = CheckInfo> {
    Check::ALL.iter().map(|check| check.info())
}
