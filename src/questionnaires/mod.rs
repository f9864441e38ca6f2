//! Questionnaires: what can be asked, how it is scored, what may be said. Scoring is exact and
//! pure; nothing here knows a person, a clock or a database.

pub mod answers;
pub mod catalogue;
pub mod check;
pub mod feedback;
pub mod fhir;
pub(crate) mod fingerprints;
pub mod format;
pub mod fraction;
pub mod instrument;
pub mod locale;
pub mod scale;
pub mod score;
pub mod version;
pub(crate) mod words;

pub use answers::{AnswerFault, Answers};
pub use catalogue::Catalogue;
pub use format::{Code, Fault};
pub use fraction::Fraction;
pub use instrument::Instrument;
pub use locale::{Choices, Locale, Status};
pub use scale::Scale;
pub use score::{Score, score};
pub use version::Version;
