//! One person's answers to one instrument: parsed once, from then on known items with values that
//! may be chosen. Nothing behind takes loose maps.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::instrument::{Instrument, Item};

/// At least one answer, each to an item of the instrument and with a value of its options.
///
/// Serialises as a map from item id to the option's value before reversal. Prints nothing when
/// debugged: answers never reach a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<String, i64>);

/// Why answers were refused; names the item, never repeats a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// The instrument has no such form.
    #[error("there is no form `{form}`; choose one of: {known}")]
    UnknownForm {
        /// As given.
        form: String,
        /// The forms that there are.
        known: String,
    },
    /// The form has no such item.
    #[error("there is no item `{item}`")]
    UnknownItem {
        /// As given, shortened to 80 characters.
        item: String,
    },
    /// The value belongs to none of the item's options.
    #[error("`{item}` cannot be answered with that value; choose one of: {allowed}")]
    NotAnOption {
        /// The item.
        item: String,
        /// The values that may be chosen.
        allowed: String,
    },
    /// No item was answered.
    #[error("nothing was answered")]
    NothingAnswered,
}

impl Answers {
    /// Reads what was given: `None` is a skipped item. Reports every fault, not only the first.
    pub fn parse(
        instrument: &Instrument,
        form: Option<&str>,
        given: &BTreeMap<String, Option<i64>>,
    ) -> Result<Self, Vec<AnswerFault>> {
        if instrument.form(form).is_none() {
            let known: Vec<&str> = instrument.forms.iter().map(|form| &*form.id).collect();
            let form = shortened(form.unwrap_or_default());
            return Err(vec![AnswerFault::UnknownForm {
                form,
                known: known.join(", "),
            }]);
        }
        Self::parse_items(instrument, instrument.items_of(form), given)
    }

    /// Like [`Self::parse`] with the items of all forms.
    pub(crate) fn parse_all(
        instrument: &Instrument,
        given: &BTreeMap<String, Option<i64>>,
    ) -> Result<Self, Vec<AnswerFault>> {
        Self::parse_items(instrument, instrument.items.iter(), given)
    }

    fn parse_items<'i>(
        instrument: &'i Instrument,
        asked: impl Iterator<Item = &'i Item>,
        given: &BTreeMap<String, Option<i64>>,
    ) -> Result<Self, Vec<AnswerFault>> {
        let asked: BTreeMap<&str, &Item> = asked.map(|item| (&*item.id, item)).collect();
        let (mut answers, mut faults) = (BTreeMap::new(), Vec::new());
        for (id, value) in given {
            let Some(item) = asked.get(id.as_str()) else {
                faults.push(AnswerFault::UnknownItem {
                    item: shortened(id),
                });
                continue;
            };
            let (Some(value), Some(set)) = (*value, instrument.response_set_of(item)) else {
                continue;
            };
            if set.option_of(value).is_some() {
                answers.insert(id.clone(), value);
            } else {
                let allowed: Vec<_> = set.options.iter().map(|o| o.value.to_string()).collect();
                let allowed = allowed.join(", ");
                faults.push(AnswerFault::NotAnOption {
                    item: id.clone(),
                    allowed,
                });
            }
        }
        if !faults.is_empty() {
            Err(faults)
        } else if answers.is_empty() {
            Err(vec![AnswerFault::NothingAnswered])
        } else {
            Ok(Self(answers))
        }
    }

    /// The value before reversal; `None` for a skipped item.
    #[must_use]
    pub fn value(&self, item: &str) -> Option<i64> {
        self.0.get(item).copied()
    }

    /// Item ids and values before reversal, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, i64)> {
        self.0.iter().map(|(item, value)| (&**item, *value))
    }

    /// Number of answered items, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "answers are never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answers(..)")
    }
}

/// Enough of a given word to find it, not enough to fill a log.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
