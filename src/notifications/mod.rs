//! What people are told: notices inside the application, letters to people who asked for them, and
//! events to other programs. A letter is written in the transaction of what it tells, and sent later;
//! it goes to whole rosters, says only that there is something in Respite, and leaves no row once it
//! is sent.

mod hours;
mod message;
pub mod notices;
mod outbox;
pub mod reminders;
mod store;

pub use hours::OrganisationHours;
pub use message::{Event, Message};
pub use outbox::{announce, tell};
