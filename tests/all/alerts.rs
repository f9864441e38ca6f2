//! What is concluded when a wave has been counted, and who reads it: five teams of six, of which
//! one rises.

mod answering;
mod course;
mod ground;
mod news;
mod reading;
mod wall;
