//! The English sentences of a result page. Never "you are burnt out", severe, abnormal, a
//! diagnosis; no praise for low scores either.

use super::Movement;
use crate::questionnaires::fraction::Fraction;
use crate::questionnaires::instrument::{Kind, Opening};

const PLAIN: &str = "Thank you. Here is what your answers say. Only you can see this.";
const EXHAUSTION: &str = "Your answers show a lot of exhaustion right now. That is common in this \
    work and it can get better. You do not have to handle it alone.";
const TRAUMA: &str = "Your answers show that what you hear at work stays with you. That is common \
    in this work and it can get better. You do not have to handle it alone.";
const CRISIS: &str = "If you think of ending your life or feel unsafe, please call now:";
const REPORTING: &str = "Nobody should be treated like this at work. These people can help and do \
    not report to your manager.";

/// Said before questions about distressing work.
pub(super) const BEFORE: &str =
    "The next questions are about distressing work. You can skip any or stop.";
/// Said after them.
pub(super) const GROUNDING: &str = "Take a moment before you go on: put both feet on the floor, \
    breathe out slowly, and name three things that you can see around you.";
/// Printed with bands.
pub(super) const CAVEAT: &str = "These words describe your answers. They are not a diagnosis.";
/// Printed instead of a result where no verdict is given.
pub(super) const PURPOSE: &str = "These questions are about conditions at work, not about you. \
    Counted together with the answers of others they help to find out what makes the work hard \
    and what should change.";
/// Printed when there is nothing to compare with.
pub(super) const FIRST: &str = "One answer is a snapshot; the pattern over time says more.";

/// The opening sentences for what is called for, most urgent first.
pub(super) fn opening(kind: Kind, called: &[Opening]) -> Vec<&'static str> {
    let support = if kind == Kind::Trauma {
        TRAUMA
    } else {
        EXHAUSTION
    };
    let mut said: Vec<&'static str> = Vec::new();
    for opening in called {
        let sentences: &[&'static str] = match opening {
            Opening::Plain => &[PLAIN],
            Opening::Support => &[support],
            Opening::Reporting => &[REPORTING],
            Opening::CrisisFirst => &[support, CRISIS],
        };
        for sentence in sentences {
            if !said.contains(sentence) {
                said.push(sentence);
            }
        }
    }
    if said.is_empty() { vec![PLAIN] } else { said }
}

/// How a score moved, `difference` in score points.
pub(super) fn change(movement: Movement, difference: Fraction) -> String {
    let reliable = |way: &str| {
        format!(
            "Your score is {} points {way} than last time. That is more than the ordinary ups \
             and downs of this questionnaire.",
            difference.abs().rounded_text(0)
        )
    };
    match movement {
        Movement::First => FIRST.to_owned(),
        Movement::Same => "About the same as last time.".to_owned(),
        Movement::Possibly => {
            "It may be moving. If the next check-in says the same, take it seriously.".to_owned()
        }
        Movement::Higher => reliable("higher"),
        Movement::Lower => reliable("lower"),
    }
}
