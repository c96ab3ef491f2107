//! The routes over real sockets, with forged ceremonies.

mod accounts;
mod bodies;
mod ceremonies;
mod challenges;
mod level3;
mod metadata;
mod origin;
mod policies;
mod rig;
