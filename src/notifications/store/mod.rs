//! The SQL of this folder.

pub mod outbox;
pub mod reminders;
pub mod webhooks;
