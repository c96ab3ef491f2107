//! Device Bound Session Credentials, both halves, as pure steps.
