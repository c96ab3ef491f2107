//! A bench for the crate's tests: an authenticator in a world that the test holds in its hands.
