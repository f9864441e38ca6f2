//! Coming in, staying in, being kept out: accounts from the first code to the last sign-out.

mod activation;
mod attackers;
mod door;
mod people;
mod recovery;
mod second_factor;
mod sign_ins;
mod tokens;
