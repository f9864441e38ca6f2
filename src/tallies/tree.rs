//! The tree of units as a wave sees it: copied when the wave opens, never changed after.

use std::collections::{BTreeMap, BTreeSet};

/// Units below one root, each known by an id of type `U`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree<U> {
    /// The root's parent is `None`; no other's is.
    parents: BTreeMap<U, Option<U>>,
    /// Every unit after its parent.
    root_first: Vec<U>,
    /// The units below which others lie.
    inner: BTreeSet<U>,
}

/// Why units do not make one tree. `at` is the place of the unit in the order they were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeFault {
    /// There is no unit without a parent.
    #[error("no unit is the root: one unit must have no parent")]
    NoRoot,
    /// A second unit without a parent.
    #[error("there are two roots: only one unit may have no parent")]
    TwoRoots {
        /// The second one.
        at: usize,
    },
    /// The unit stands in the list already.
    #[error("this unit is listed twice")]
    Twice {
        /// The second time.
        at: usize,
    },
    /// The unit's parent does not stand in the list.
    #[error("the parent of this unit is not listed")]
    UnknownParent {
        /// The unit that names it.
        at: usize,
    },
    /// The unit lies below itself.
    #[error("this unit lies below itself")]
    Cycle {
        /// The first such unit.
        at: usize,
    },
}

impl<U: Ord + Clone> Tree<U> {
    /// From units and their parents, in any order.
    pub fn new(units: &[(U, Option<U>)]) -> Result<Self, TreeFault> {
        let mut parents = BTreeMap::new();
        let mut root = None;
        for (at, (unit, parent)) in units.iter().enumerate() {
            if parents.insert(unit.clone(), parent.clone()).is_some() {
                return Err(TreeFault::Twice { at });
            }
            if parent.is_none() && root.replace(unit.clone()).is_some() {
                return Err(TreeFault::TwoRoots { at });
            }
        }
        let is_lost = |(_, parent): &(U, Option<U>)| {
            parent
                .as_ref()
                .is_some_and(|parent| !parents.contains_key(parent))
        };
        if let Some(at) = units.iter().position(is_lost) {
            return Err(TreeFault::UnknownParent { at });
        }
        let root_first = root_first(root.ok_or(TreeFault::NoRoot)?, &parents);
        if root_first.len() < units.len() {
            let below_root: BTreeSet<&U> = root_first.iter().collect();
            let at = units
                .iter()
                .position(|(unit, _)| !below_root.contains(unit));
            return Err(TreeFault::Cycle {
                at: at.unwrap_or(0),
            });
        }
        let inner = parents.values().flatten().cloned().collect();
        Ok(Self {
            parents,
            root_first,
            inner,
        })
    }

    /// The organisation's own unit.
    #[must_use]
    pub fn root(&self) -> &U {
        &self.root_first[0]
    }

    /// Whether the unit is part of this tree.
    #[must_use]
    pub fn contains(&self, unit: &U) -> bool {
        self.parents.contains_key(unit)
    }

    /// The tree's own copy of a unit's id; `None` if it is not part of it.
    pub(super) fn own(&self, unit: &U) -> Option<&U> {
        self.parents.get_key_value(unit).map(|(own, _)| own)
    }

    /// The unit directly above; `None` for the root and for units of no tree.
    #[must_use]
    pub fn parent(&self, unit: &U) -> Option<&U> {
        self.parents.get(unit)?.as_ref()
    }

    /// All units by their id.
    pub fn units(&self) -> impl Iterator<Item = &U> {
        self.parents.keys()
    }

    /// All units, each before the unit above it.
    pub fn leaves_first(&self) -> impl Iterator<Item = &U> {
        self.root_first.iter().rev()
    }

    /// The unit, then the one above it, up to the root.
    pub fn upwards<'a>(&'a self, unit: &'a U) -> impl Iterator<Item = &'a U> {
        std::iter::successors(Some(unit), |unit| self.parent(unit))
    }

    /// Whether no unit lies below this one.
    #[must_use]
    pub fn is_leaf(&self, unit: &U) -> bool {
        self.contains(unit) && !self.inner.contains(unit)
    }
}

fn root_first<U: Ord + Clone>(root: U, parents: &BTreeMap<U, Option<U>>) -> Vec<U> {
    let mut children: BTreeMap<&U, Vec<&U>> = BTreeMap::new();
    for (unit, parent) in parents {
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(unit);
        }
    }
    let mut ordered = vec![root];
    let mut next = 0;
    while let Some(unit) = ordered.get(next) {
        let below = children.remove(unit).unwrap_or_default();
        ordered.extend(below.into_iter().cloned());
        next += 1;
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(units: &[(char, char)]) -> Result<Tree<char>, TreeFault> {
        let parent = |of: char| (of != '-').then_some(of);
        Tree::new(
            &units
                .iter()
                .map(|(unit, above)| (*unit, parent(*above)))
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn units_that_make_no_tree_are_refused_at_their_place() {
        for (units, fault) in [
            (&[][..], TreeFault::NoRoot),
            (&[('a', 'b'), ('b', 'a')], TreeFault::NoRoot),
            (&[('a', '-'), ('b', '-')], TreeFault::TwoRoots { at: 1 }),
            (
                &[('a', '-'), ('b', 'a'), ('b', 'a')],
                TreeFault::Twice { at: 2 },
            ),
            (&[('a', '-'), ('a', '-')], TreeFault::Twice { at: 1 }),
            (
                &[('a', '-'), ('b', 'x')],
                TreeFault::UnknownParent { at: 1 },
            ),
            (&[('a', '-'), ('b', 'b')], TreeFault::Cycle { at: 1 }),
            (
                &[('a', '-'), ('b', 'a'), ('c', 'd'), ('d', 'c')],
                TreeFault::Cycle { at: 2 },
            ),
        ] {
            assert_eq!(tree(units), Err(fault), "{units:?}");
        }
    }

    #[test]
    fn a_tree_is_walked_from_its_leaves_and_upwards() {
        let tree = tree(&[('c', 'b'), ('d', 'b'), ('b', 'a'), ('a', '-'), ('e', 'a')]).unwrap();
        assert_eq!(tree.root(), &'a');
        assert_eq!(tree.leaves_first().collect::<String>(), "dceba");
        assert_eq!(tree.upwards(&'d').collect::<String>(), "dba");
        assert_eq!(
            tree.units()
                .filter(|unit| tree.is_leaf(unit))
                .collect::<String>(),
            "cde"
        );
        assert!(!tree.is_leaf(&'x') && !tree.contains(&'x'));
    }
}
