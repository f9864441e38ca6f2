//! Measures of speed that anyone can run: each starts servers of its own, as processes of this
//! same program, on databases of its own, and prints what it found. Nothing here serves anyone.

pub mod check_ins;
mod figures;
mod ground;
mod load;
mod program;
mod slow_sync;

pub use figures::Table;
pub use load::Load;
