//! The trend method: whether a team's burnout has risen, and how often that much happens by chance
//! where nothing changed. All of it is a function of released rows ([`Series`]); it must never be
//! given a score, a pair of answers or a variance of one team. Why, and how well it works:
//! `docs/trends.md`, whose labels A1 to A15 the comments here use.

mod chance;
mod covariance;
mod finding;
mod judgement;
mod level;
mod memory;
mod plug_ins;
mod replay;
mod scan;
mod series;
mod severity;
mod table;
mod turnover;
mod window;

pub use chance::{chance, simes, upper_tail};
pub use finding::{Finding, Form, Shape};
pub use judgement::{Judgement, OrganisationScale, ScalePlugIns, UnitJudgement, UnitScale, judge};
pub use level::{Level, Looked};
pub use memory::Memory;
pub use plug_ins::PlugIns;
pub use replay::{Moment, OfUnit, Replay};
pub use series::{
    Cadence, DEFAULT_ALPHA, Direction, Fault, Place, Released, Row, Scale, Series, SeriesFault,
    Spread, Step, Unit,
};
pub use severity::{Status, rejected};
pub use turnover::{Turnover, turnover_note};
