//! Whole-lab behaviour and the house rules, one binary.

#[cfg(test)]
mod advisories;
#[cfg(test)]
mod authenticators;
#[cfg(test)]
mod bite;
#[cfg(test)]
mod bite_authenticator;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod command;
#[cfg(test)]
mod crafted;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod effort;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
#[path = "../fuzz/src/targets/mod.rs"]
mod fuzz_targets;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod guest;
#[cfg(test)]
mod inspect;
#[cfg(test)]
mod metadata_payload;
#[cfg(test)]
mod model;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod policy_rows;
#[cfg(test)]
mod recipes;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod verify;
#[cfg(test)]
mod why;
#[cfg(test)]
mod witness_key;
#[cfg(test)]
mod witness_verifiers;
