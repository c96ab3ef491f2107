//! The certificate of an attestation key, and the name of the TPM in it (WebAuthn L3 8.3.1).

use assay_protocol::tree::der::write;

use crate::certificate::extension::{Extension, KeyUsage};
use crate::certificate::name::Name;
use crate::chain::Chain;

/// tcg-kp-AIKCertificate
pub const TCG_AIK_CERTIFICATE: &[u64] = &[2, 23, 133, 8, 3];
const SUBJECT_ALTERNATIVE_NAME: &[u64] = &[2, 5, 29, 17];

/// The subject alternative name of a TPM's certificate (TPMv2-EK-Profile 3.2.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceName {
    /// Attributes by the last arc of their type below 2.23.133.2, in order: manufacturer 1, model 2, version 3.
    pub attributes: Vec<(u64, &'static str)>,
    /// How they are put together.
    pub layout: Layout,
    /// Is the extension critical? It must be.
    pub critical: bool,
}

/// How the attributes of a name are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A relative distinguished name for each.
    Separate,
    /// All in one.
    Together,
    /// A directory name for each.
    Names,
    /// Not in a directory name at all, but in a DNS name.
    Dns,
}

impl DeviceName {
    /// The lab's TPM. Its manufacturer is one that every list of vendors has.
    pub fn of_the_lab() -> Self {
        Self {
            attributes: vec![(1, "id:53544D20"), (2, "Assay Test Lab TPM"), (3, "id:00010002")],
            layout: Layout::Separate,
            critical: true,
        }
    }

    /// Gives an attribute another text.
    pub fn set(&mut self, kind: u64, text: &'static str) {
        for (_, old) in self.attributes.iter_mut().filter(|(found, _)| *found == kind) {
            *old = text;
        }
    }

    /// Takes an attribute away.
    pub fn remove(&mut self, kind: u64) {
        self.attributes.retain(|(found, _)| *found != kind);
    }

    /// The extension.
    pub fn to_extension(&self) -> Extension {
        let attributes: Vec<Vec<u8>> = self
            .attributes
            .iter()
            .map(|(kind, text)| write::sequence(&[write::oid(&[2, 23, 133, 2, *kind]), write::utf8_string(text)]))
            .collect();
        let directory = |name: Vec<u8>| write::explicit(4, &name);
        let each = |attribute: &Vec<u8>| write::set(std::slice::from_ref(attribute));
        let names = match self.layout {
            Layout::Together => vec![directory(write::sequence(&[write::set(&attributes)]))],
            Layout::Separate => {
                let parts: Vec<Vec<u8>> = attributes.iter().map(each).collect();
                vec![directory(write::sequence(&parts))]
            }
            Layout::Names => {
                attributes.iter().map(|attribute| directory(write::sequence(&[each(attribute)]))).collect()
            }
            Layout::Dns => vec![write::implicit(2, b"tpm.assay.test")],
        };
        Extension { oid: SUBJECT_ALTERNATIVE_NAME.to_vec(), critical: self.critical, value: write::sequence(&names) }
    }
}

/// Makes a chain's leaf the certificate of an attestation key.
pub(crate) fn certify(chain: &mut Chain) {
    let leaf = &mut chain.leaf.spec;
    leaf.subject = Name::default();
    leaf.key_usage = Some(KeyUsage::DigitalSignature);
    leaf.extended_key_usage = vec![TCG_AIK_CERTIFICATE.to_vec()];
    replace(chain, &DeviceName::of_the_lab());
}

/// Puts another name in the old one's place.
pub(crate) fn replace(chain: &mut Chain, name: &DeviceName) {
    remove(chain);
    chain.leaf.spec.extra_extensions.push(name.to_extension());
}

/// Takes the name away.
pub(crate) fn remove(chain: &mut Chain) {
    chain.leaf.spec.extra_extensions.retain(|extension| extension.oid != SUBJECT_ALTERNATIVE_NAME);
}
