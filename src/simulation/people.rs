//! One made-up organisation on its way from wave to wave: people move up and down, leave and are
//! replaced, and answer or not.

use super::chance::Chance;
use super::world::{Change, Whom, World};

/// Mean strain before anything else.
const USUAL: f64 = 45.0;
/// Newcomers are a little less strained than who is there; in the wave of a composed change more.
const NEWCOMER: f64 = -3.0;
const STRAINED_NEWCOMER: f64 = 8.0;
/// Share of the first team that is replaced at once in a composed change.
const REPLACED: f64 = 0.4;
/// Years before the first recorded wave.
const YEARS_BEFORE: u32 = 3;
/// How much of a team's or organisation's movement is left after a quarter.
const SHOCK_LEFT: f64 = 0.5;

/// One answer: its step sum, and whether the same person had answered the time before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered {
    pub steps: u32,
    pub stayed: bool,
}

struct Person {
    lasting: f64,
    passing: f64,
    /// To answer.
    tendency: f64,
    has_answered: bool,
}

struct Team {
    effect: f64,
    shock: f64,
    people: Vec<Person>,
}

/// An organisation with its people.
pub(super) struct Organisation<'a> {
    world: &'a World,
    change: Option<Change>,
    chance: Chance,
    shock: f64,
    teams: Vec<Team>,
    /// Intercept of answering.
    readiness: f64,
}

impl<'a> Organisation<'a> {
    /// At the end of the years before the first recorded wave.
    pub fn of(world: &'a World, changes: Option<Change>, key: (u64, u32)) -> Self {
        let mut chance = Chance::of(key);
        let team = |size: &u32| Team {
            effect: chance.around_nought(world.team_sd),
            shock: chance.around_nought(world.team_shock_sd),
            people: (0..*size)
                .map(|_| Person::of(world, 0.0, &mut chance))
                .collect(),
        };
        let teams = world.sizes.iter().map(team).collect();
        let odds = world.response / (1.0 - world.response);
        let mut organisation = Self {
            world,
            change: changes,
            shock: chance.around_nought(world.organisation_shock_sd),
            chance,
            teams,
            readiness: odds.ln() * (1.0_f64 + 1.0 / 2.9).sqrt(),
        };
        for _ in 0..YEARS_BEFORE * world.cadence.waves_a_year() {
            organisation.go_on(0);
        }
        organisation
    }

    /// On to a recorded wave, from 1; who answers, by team.
    pub fn wave(&mut self, wave: u32) -> Vec<Vec<Answered>> {
        self.go_on(wave);
        let year = f64::from(self.world.cadence.waves_a_year());
        let season = self.world.season * (std::f64::consts::TAU * f64::from(wave) / year).cos();
        let shared = USUAL + self.shock + season;
        let mut answers = Vec::with_capacity(self.teams.len());
        for (number, team) in self.teams.iter_mut().enumerate() {
            let change = self
                .change
                .filter(|change| number == 0 || change.whom == Whom::Everyone);
            let common = shared
                + team.effect
                + team.shock
                + change.map_or(0.0, |change| change.points(wave));
            let asked = team.people.iter_mut().filter_map(|person| {
                person.asked(self.world, (common, self.readiness), &mut self.chance)
            });
            answers.push(asked.collect());
        }
        answers
    }

    /// States and shocks move, then people leave and are replaced.
    fn go_on(&mut self, wave: u32) {
        let (world, chance) = (self.world, &mut self.chance);
        let shock_left = world.left(SHOCK_LEFT);
        moved(
            &mut self.shock,
            world.organisation_shock_sd,
            shock_left,
            chance,
        );
        let state_left = world.left(world.state_correlation);
        let leaving = world.leaving();
        let is_composed = |change: Change| change.whom == Whom::NewPeople && change.at == wave;
        let replaced = self.change.is_some_and(is_composed);
        for (number, team) in self.teams.iter_mut().enumerate() {
            moved(&mut team.shock, world.team_shock_sd, shock_left, chance);
            let replaced = replaced && number == 0;
            for person in &mut team.people {
                moved(&mut person.passing, world.state_sd, state_left, chance);
                let strain = (person.lasting + person.passing) / 15.5;
                let (hazard, newcomer) = if replaced {
                    (REPLACED, STRAINED_NEWCOMER)
                } else {
                    (leaving * (0.3 * strain).exp() / 0.045_f64.exp(), NEWCOMER)
                };
                if chance.happens(hazard) {
                    *person = Person::of(world, newcomer, chance);
                }
            }
        }
    }
}

/// One step of a movement that returns to nought.
fn moved(value: &mut f64, sd: f64, left: f64, chance: &mut Chance) {
    if sd > 0.0 {
        *value = left * *value + chance.around_nought(sd * (1.0 - left * left).sqrt());
    }
}

impl Person {
    fn of(world: &World, around: f64, chance: &mut Chance) -> Self {
        Self {
            lasting: around + chance.around_nought(world.trait_sd),
            passing: chance.around_nought(world.state_sd),
            tendency: chance.normal(),
            has_answered: false,
        }
    }

    /// Her answer, if she gives one.
    fn asked(
        &mut self,
        world: &World,
        (common, readiness): (f64, f64),
        chance: &mut Chance,
    ) -> Option<Answered> {
        let strain = common + self.lasting + self.passing;
        let readiness = readiness + self.tendency + world.silence * (strain - USUAL) / 17.0;
        let answers = chance.happens(1.0 / (1.0 + (-readiness).exp()));
        let stayed = std::mem::replace(&mut self.has_answered, answers);
        answers.then(|| Answered {
            steps: (0..world.items)
                .map(|_| option(strain, world.item_sd, chance))
                .sum(),
            stayed,
        })
    }
}

/// The nearest of five options, 0 to 4.
fn option(strain: f64, sd: f64, chance: &mut Chance) -> u32 {
    let place = (strain + chance.around_nought(sd)) / 25.0;
    match place.round() {
        low if low <= 0.0 => 0,
        1.0 => 1,
        2.0 => 2,
        3.0 => 3,
        _ => 4,
    }
}
