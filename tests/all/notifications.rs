//! What is told outside, on both engines, through real connections: a mail server and a receiver
//! of webhooks run in this process.

mod letters;
mod office;
mod reminders;
mod troubles;
mod webhooks;
