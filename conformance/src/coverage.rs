//! Clause by case by proof of bite.
