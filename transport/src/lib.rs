//! Moves CTAP messages to a key and back.
