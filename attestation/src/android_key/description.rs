//! The key description that Android puts into a key's certificate: extension
//! 1.3.6.1.4.1.11129.2.1.17, Keymaster 2 (version 1) to KeyMint 4 (version 400).

use std::fmt;

use assay_protocol::tree::der::{self, Node, tag};

/// What Android says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDescription {
    /// The schema: 1 to 4 for Keymaster, 100 to 400 for KeyMint.
    pub attestation_version: u64,
    /// Where the attestation was made.
    pub attestation_security_level: SecurityLevel,
    /// The version of Keymaster or KeyMint.
    pub keymint_version: u64,
    /// Where the key lives.
    pub keymint_security_level: SecurityLevel,
    /// What the caller wanted signed: for WebAuthn the hash of the client data.
    pub attestation_challenge: Vec<u8>,
    /// An identifier of the device, for system applications.
    pub unique_id: Vec<u8>,
    /// What Android itself enforces.
    pub software_enforced: AuthorizationList,
    /// What the trusted environment enforces.
    pub tee_enforced: AuthorizationList,
}

/// Who keeps the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecurityLevel {
    /// Android.
    Software,
    /// The trusted execution environment.
    TrustedEnvironment,
    /// A discrete security chip.
    StrongBox,
}

/// What a key is allowed to do, as far as it matters here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorizationList {
    /// `purpose` [1], none where it is absent.
    pub purpose: Vec<u64>,
    /// `allApplications` [600]: may every application use it?
    pub all_applications: bool,
    /// `origin` [702].
    pub origin: Option<u64>,
    /// The tags of all members, ascending.
    pub tags: Vec<u32>,
}

/// The value is no key description; what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecodable(pub &'static str);

impl KeyDescription {
    /// Reads the extension's value: strict DER, eight members, nothing after them.
    pub fn parse(bytes: &[u8]) -> Result<Self, Undecodable> {
        let document = der::read(bytes);
        if !document.anomalies.is_empty() {
            return Err(Undecodable("not DER"));
        }
        let root = document.root.filter(|root| root.is(tag::SEQUENCE)).ok_or(Undecodable("no SEQUENCE"))?;
        let [version, level, keymint, keymint_level, challenge, unique_id, software, tee] = root.children.as_slice()
        else {
            return Err(Undecodable("not eight members"));
        };
        let number = |node: &Node| unsigned(node, bytes).ok_or(Undecodable("a version is no INTEGER"));
        let level_of = |node: &Node| SecurityLevel::read(node, bytes).ok_or(Undecodable("no such security level"));
        let octets = |node: &Node| {
            let is_octets = node.is(tag::OCTET_STRING);
            is_octets.then(|| node.content_of(bytes).to_vec()).ok_or(Undecodable("no OCTET STRING"))
        };
        Ok(Self {
            attestation_version: number(version)?,
            attestation_security_level: level_of(level)?,
            keymint_version: number(keymint)?,
            keymint_security_level: level_of(keymint_level)?,
            attestation_challenge: octets(challenge)?,
            unique_id: octets(unique_id)?,
            software_enforced: AuthorizationList::read(software, bytes)?,
            tee_enforced: AuthorizationList::read(tee, bytes)?,
        })
    }
}

impl SecurityLevel {
    fn read(node: &Node, bytes: &[u8]) -> Option<Self> {
        if !node.is(tag::ENUMERATED) {
            return None;
        }
        match node.content_of(bytes) {
            [0] => Some(Self::Software),
            [1] => Some(Self::TrustedEnvironment),
            [2] => Some(Self::StrongBox),
            _ => None,
        }
    }
}

impl fmt::Display for SecurityLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Software => "software",
            Self::TrustedEnvironment => "TEE",
            Self::StrongBox => "StrongBox",
        })
    }
}

impl AuthorizationList {
    /// Every member is optional and explicitly tagged; they stand in the schema's order, which is
    /// that of their tags, so none comes twice.
    fn read(node: &Node, bytes: &[u8]) -> Result<Self, Undecodable> {
        if !node.is(tag::SEQUENCE) {
            return Err(Undecodable("an authorization list is no SEQUENCE"));
        }
        let mut list = Self::default();
        for member in &node.children {
            if !member.is_context(member.tag) || !member.constructed {
                return Err(Undecodable("a member of an authorization list has no explicit tag"));
            }
            let [value] = member.children.as_slice() else {
                return Err(Undecodable("a member of an authorization list is not one value"));
            };
            if list.tags.last().is_some_and(|last| *last >= member.tag) {
                return Err(Undecodable("an authorization list is not in order"));
            }
            list.tags.push(member.tag);
            match member.tag {
                PURPOSE => {
                    if !value.is(tag::SET) {
                        return Err(Undecodable("purpose is no SET"));
                    }
                    let purposes = value.children.iter().map(|purpose| unsigned(purpose, bytes));
                    list.purpose = purposes.collect::<Option<_>>().ok_or(Undecodable("a purpose is no INTEGER"))?;
                }
                ALL_APPLICATIONS => {
                    if !value.is(tag::NULL) {
                        return Err(Undecodable("allApplications is no NULL"));
                    }
                    list.all_applications = true;
                }
                ORIGIN => list.origin = Some(unsigned(value, bytes).ok_or(Undecodable("origin is no INTEGER"))?),
                _ => {}
            }
        }
        Ok(list)
    }
}

/// A non-negative INTEGER of eight bytes at most.
fn unsigned(node: &Node, bytes: &[u8]) -> Option<u64> {
    let magnitude = node.unsigned_of(bytes)?;
    (magnitude.len() <= 8).then(|| magnitude.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

const PURPOSE: u32 = 1;
const ALL_APPLICATIONS: u32 = 600;
const ORIGIN: u32 = 702;
