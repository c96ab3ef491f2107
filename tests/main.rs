mod policy_rows;
mod shared;
mod tidy;
