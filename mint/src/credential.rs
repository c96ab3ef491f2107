//! What an authenticator keeps of a credential.

use crate::keys::SigningKey;

/// A credential that a forged registration made, and forged assertions use.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The RP ID that it is bound to.
    pub rp_id: String,
    /// The origin that it was made at.
    pub origin: String,
    /// Its id.
    pub id: Vec<u8>,
    /// Its key.
    pub key: SigningKey,
    /// Its flags, AT and ED left out.
    pub flags: u8,
    /// Its last counter.
    pub sign_count: u32,
    /// The user it belongs to, where the authenticator tells.
    pub user_handle: Option<Vec<u8>>,
}
