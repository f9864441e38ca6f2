//! What people are told: notices inside the application, letters to people who asked for them, and
//! events to other programs. A letter is written in the transaction of what it tells, and sent later;
//! it goes to whole rosters, says only that there is something in Respite, and leaves no row once it
//! is sent.

mod address;
pub mod channels;
pub mod delivery;
mod hours;
pub mod keys;
pub mod letters;
mod message;
pub mod notices;
mod outbox;
pub mod reminders;
mod retries;
mod store;
pub mod undelivered;
pub mod webhooks;

pub use address::Address;
pub use hours::OrganisationHours;
pub use message::{Event, Message};
pub use outbox::{announce, tell};
