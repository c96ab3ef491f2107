//! The browser's part: options in, credential out.
