//! Messages crafted to cost more than they weigh: nothing grows faster than what was sent, and
//! what is too much is refused by name before it is read.

mod growth;
mod limits;
