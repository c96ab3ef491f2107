//! The reference relying-party server.
