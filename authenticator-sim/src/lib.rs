//! A virtual CTAP2 authenticator.
