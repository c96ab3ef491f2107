//! Proofs of bite: deliberate defects of ours, each before the cases that have to notice it.
//!
//! A proof is a case that fails under a defect while its positive twin passes. The proofs are
//! committed below `conformance/data/proofs`; `ASSAY_BLESS=1` writes them, any other run compares.

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod dbsc;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod relying_party;
#[cfg(test)]
mod settle;
