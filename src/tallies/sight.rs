//! Whose released rows, findings and alerts someone may read, for lists over several units.

use std::collections::HashSet;

use super::released::Visible;
use crate::ids::{OrganisationId, UnitId};
use crate::people::permission::{Hr, Supervisor, Who};
use crate::people::units;
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// Units that someone has been found to be allowed to read about. Only this file makes one.
#[derive(Clone, Debug)]
pub struct Sight {
    organisation: OrganisationId,
    units: HashSet<UnitId>,
}

impl Sight {
    /// Her units as supervisor and, where the setting is on, as HR. Who has none learns that
    /// there is nothing here.
    pub async fn to_follower(tx: &mut Tx, who: Who) -> Result<Self, Problem> {
        let mut units = HashSet::new();
        match Supervisor::of(tx, who).await {
            Ok(supervisor) => units.extend(supervisor.units()),
            Err(problem) if problem.kind == Kind::NotFound => {}
            Err(problem) => return Err(problem),
        }
        if let Ok(hr) = Hr::of(tx, who).await
            && let Some(any) = hr.units().next()
            && Visible::to_hr(tx, &hr, any).await.is_ok()
        {
            units.extend(hr.units());
        }
        if units.is_empty() {
            return Err(Kind::NotFound.into());
        }
        let organisation = who.organisation;
        Ok(Self {
            organisation,
            units,
        })
    }

    /// Of a member: her own unit and those above it. Nothing is concluded about her unit that she
    /// cannot read.
    pub async fn to_member(tx: &mut Tx, who: Who, home: UnitId) -> Result<Self, StoreError> {
        let tree = units::tree(tx, who.organisation).await?;
        Ok(Self {
            organisation: who.organisation,
            units: tree.line_above(home).collect(),
        })
    }

    /// Whose organisation.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    /// Whether a unit is one of them.
    #[must_use]
    pub fn covers(&self, unit: UnitId) -> bool {
        self.units.contains(&unit)
    }

    /// Refuses other units exactly like units that are not there.
    pub fn must_cover(&self, unit: UnitId) -> Result<(), Problem> {
        if self.covers(unit) {
            Ok(())
        } else {
            Err(Kind::NotFound.into())
        }
    }
}
