//! Takes messages apart for people.
