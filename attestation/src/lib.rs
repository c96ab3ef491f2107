//! Is this attestation statement valid, and who vouches for it.
