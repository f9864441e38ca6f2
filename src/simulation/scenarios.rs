//! Everything that can be simulated by a name.

use super::world::{Change, Whom, World};

/// One scenario.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// As the command line names it.
    pub name: &'static str,
    /// One line for people.
    pub says: &'static str,
    what: What,
    world: fn(&mut World),
}

/// What really changes.
#[derive(Clone, Copy, Debug)]
enum What {
    Nothing,
    Rise { size: f64, waves: u32 },
    Composition,
    Everyone { size: f64 },
}

const fn as_usual(_: &mut World) {}

impl Scenario {
    const fn of(name: &'static str, says: &'static str, what: What) -> Self {
        Self {
            name,
            says,
            what,
            world: as_usual,
        }
    }

    const fn sensitivity(name: &'static str, says: &'static str, world: fn(&mut World)) -> Self {
        Self {
            name,
            says,
            what: step(10.0),
            world,
        }
    }

    /// The scenario of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        SCENARIOS.iter().find(|scenario| scenario.name == name)
    }

    /// Changes the usual world into this scenario's.
    pub fn apply(&self, world: &mut World) {
        (self.world)(world);
    }

    /// What changes, from this wave on.
    #[must_use]
    pub fn change(&self, at: u32) -> Option<Change> {
        let change = |size, waves, whom| {
            Some(Change {
                at,
                size,
                waves,
                whom,
            })
        };
        match self.what {
            What::Nothing => None,
            What::Rise { size, waves } => change(size, waves, Whom::FirstTeam),
            What::Composition => change(0.0, 1, Whom::NewPeople),
            What::Everyone { size } => change(size, 1, Whom::Everyone),
        }
    }
}

const fn step(size: f64) -> What {
    What::Rise { size, waves: 1 }
}

const fn ramp(waves: u32) -> What {
    What::Rise { size: 10.0, waves }
}

/// All of them, in the order of the list.
pub const SCENARIOS: &[Scenario] = &[
    Scenario::of("null", "nothing changes", What::Nothing),
    Scenario::of("step5", "the first team rises by 5 at once", step(5.0)),
    Scenario::of("step10", "the first team rises by 10 at once", step(10.0)),
    Scenario::of("step15", "the first team rises by 15 at once", step(15.0)),
    Scenario::of("ramp4", "the first team rises by 10 in 4 waves", ramp(4)),
    Scenario::of("ramp8", "the first team rises by 10 in 8 waves", ramp(8)),
    Scenario::of("ramp12", "the first team rises by 10 in 12 waves", ramp(12)),
    Scenario::of("ramp24", "the first team rises by 10 in 24 waves", ramp(24)),
    Scenario::of(
        "compo",
        "two in five of the first team are replaced by more strained people; nobody changes",
        What::Composition,
    ),
    Scenario {
        world: |world| {
            world.silence = -0.8;
        },
        ..Scenario::of(
            "mnar",
            "step10, and strained people answer much less often",
            step(10.0),
        )
    },
    Scenario::of(
        "orgstep",
        "everybody rises by 10 at once",
        What::Everyone { size: 10.0 },
    ),
    Scenario::of(
        "orgstep5",
        "everybody rises by 5 at once",
        What::Everyone { size: 5.0 },
    ),
    Scenario::sensitivity("base", "the same as step10", as_usual),
    Scenario::sensitivity(
        "no-shock",
        "base without ordinary movement of teams",
        |world| {
            world.team_shock_sd = 0.0;
        },
    ),
    Scenario::sensitivity("shock3", "base, teams move twice as much", |world| {
        world.team_shock_sd = 3.0;
    }),
    Scenario::sensitivity("turnover35", "base, 35 % leave in a year", |world| {
        world.turnover = 0.35;
    }),
    Scenario::sensitivity("response60", "base, 60 % answer", |world| {
        world.response = 0.6;
    }),
    Scenario::sensitivity("response90", "base, 90 % answer", |world| {
        world.response = 0.9;
    }),
    Scenario::sensitivity(
        "strong-mnar",
        "base, and strained people answer much less often",
        |world| {
            world.silence = -0.8;
        },
    ),
    Scenario::sensitivity(
        "retest65",
        "base, a person's answers agree less from wave to wave",
        |world| {
            // As much strain in all, more of it passing, and sooner. That the correlation of two
            // answers is .65 leaves open how; this is our choice.
            (world.trait_sd, world.state_sd) = (9.0, 13.6);
            world.state_correlation = 0.665;
        },
    ),
    Scenario::sensitivity("team-sd8", "base, teams differ more", |world| {
        world.team_sd = 8.0;
    }),
    Scenario::sensitivity("season4", "base, a yearly season of 4 points", |world| {
        world.season = 4.0;
    }),
    Scenario::sensitivity(
        "org-shock2",
        "base, and the whole organisation moves by 2 points",
        |world| {
            world.organisation_shock_sd = 2.0;
        },
    ),
    Scenario::sensitivity("teams2", "base, 2 teams", |world| teams(world, 2)),
    Scenario::sensitivity("teams4", "base, 4 teams", |world| teams(world, 4)),
    Scenario::sensitivity("teams20", "base, 20 teams", |world| teams(world, 20)),
    Scenario::sensitivity("items9", "base, a scale of 9 items", |world| {
        world.items = 9;
    }),
    Scenario::sensitivity(
        "mixed",
        "base, teams of 8, 5, 6, 8, 10, 12, 15 and 20; the first rises",
        |world| world.sizes = vec![8, 5, 6, 8, 10, 12, 15, 20],
    ),
    Scenario::sensitivity("within14", "base, people of a team differ less", |world| {
        scale_people(world, 14.0 / 17.0);
    }),
    Scenario::sensitivity("within20", "base, people of a team differ more", |world| {
        scale_people(world, 20.0 / 17.0);
    }),
];

/// So many teams of the size of the first.
fn teams(world: &mut World, many: usize) {
    let size = world.sizes.first().copied().unwrap_or(8);
    world.sizes = vec![size; many];
}

fn scale_people(world: &mut World, by: f64) {
    world.trait_sd *= by;
    world.state_sd *= by;
    world.item_sd *= by;
}
