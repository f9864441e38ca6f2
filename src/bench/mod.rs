//! Measures of speed that anyone can run: each starts servers of its own, as processes of this
//! same program, on databases of its own, and prints what it found. Nothing here serves anyone.

mod answers;
pub mod check_ins;
pub mod closing;
mod figures;
mod ground;
mod house;
pub mod idle;
mod load;
mod others;
mod program;
pub mod publications;
mod slow_sync;
pub mod trends;

pub use figures::Table;
pub use load::Load;
