//! The WebAuthn ceremonies of a relying party as pure functions, with checks, profiles and the attestation policy engine.
