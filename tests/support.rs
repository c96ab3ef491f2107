//! What several modules of this binary need.

#[cfg(test)]
pub(crate) mod command;
#[cfg(test)]
pub(crate) mod http;
#[cfg(test)]
pub(crate) mod lines;
#[cfg(test)]
pub(crate) mod place;
#[cfg(test)]
pub(crate) mod witness;
