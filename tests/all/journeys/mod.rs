//! Stories that go through the whole application, as the people in them would live them.

mod a_worker_checks_in;
mod closing;
mod nobody_votes_twice;
mod one_length;
mod server_keys;
mod small_teams;
mod tampering;
mod two_organisations;
mod waves_change;
mod what_came_before;
