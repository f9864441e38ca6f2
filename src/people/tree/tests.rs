//! The rules of the tree on a small organisation, which other tests of rules use too.

use super::*;

/// A unit of a tree that needs no database.
pub(crate) fn unit(tree: &mut Tree, kind: UnitKind, name: &str, parent: Option<UnitId>) -> UnitId {
    let id = UnitId::new();
    let organisation = tree
        .0
        .values()
        .next()
        .map_or(OrganisationId(id.0), |u| u.organisation);
    let unit = Unit {
        organisation,
        id,
        parent,
        kind,
        name: name.to_owned(),
        successor_of: None,
        opened_at: DateTime::UNIX_EPOCH,
        closed_at: None,
    };
    tree.0.insert(id, unit);
    id
}

/// Casa Norte: North (Day, Night), South; the team Office lies under the organisation.
pub(crate) fn casa_norte() -> (Tree, [UnitId; 6]) {
    let mut tree = Tree::default();
    let root = unit(&mut tree, UnitKind::Organisation, "Casa Norte", None);
    let north = unit(&mut tree, UnitKind::Site, "North", Some(root));
    let south = unit(&mut tree, UnitKind::Site, "South", Some(root));
    let day = unit(&mut tree, UnitKind::Team, "Day", Some(north));
    let night = unit(&mut tree, UnitKind::Team, "Night", Some(north));
    let office = unit(&mut tree, UnitKind::Team, "Office", Some(root));
    (tree, [root, north, south, day, night, office])
}

pub(crate) fn close(tree: &mut Tree, id: UnitId) {
    tree.0.get_mut(&id).unwrap().closed_at = Some(DateTime::UNIX_EPOCH);
}

#[test]
fn a_kind_lies_only_under_a_larger_one_and_never_under_a_team() {
    use UnitKind::{Organisation, Site, Team};
    let allowed = [(Site, Organisation), (Team, Organisation), (Team, Site)];
    for kind in [Organisation, Site, Team] {
        for above in [Organisation, Site, Team] {
            assert_eq!(kind.may_lie_under(above), allowed.contains(&(kind, above)));
        }
    }
}

#[test]
fn a_path_leaves_out_the_organisation() {
    let (tree, [root, north, _, day, ..]) = casa_norte();
    let path = |id| tree.path(tree.find(id).unwrap());
    assert_eq!(
        (path(root), path(north)),
        ("Casa Norte".into(), "North".into())
    );
    assert_eq!(path(day), "North / Day");
    let order: Vec<_> = tree.by_path().iter().map(|u| u.name.as_str()).collect();
    assert_eq!(
        order,
        ["Casa Norte", "North", "Day", "Night", "Office", "South"]
    );
}

#[test]
fn all_below_a_unit_are_found() {
    let (tree, [root, north, south, day, night, _]) = casa_norte();
    assert_eq!(tree.at_or_below(root).len(), 6);
    assert_eq!(tree.at_or_below(north), HashSet::from([north, day, night]));
    assert_eq!(tree.at_or_below(south), HashSet::from([south]));
}

#[test]
fn a_unit_closes_only_when_nobody_and_nothing_is_left_in_it() {
    let (mut tree, [root, north, _, day, night, _]) = casa_norte();
    let may = |tree: &Tree, id, people| tree.may_close(tree.find(id).unwrap(), people);
    assert_eq!(may(&tree, root, 0), Err(Refused::Root));
    assert_eq!(may(&tree, north, 0), Err(Refused::OpenBelow(2)));
    assert_eq!(may(&tree, day, 3), Err(Refused::PeopleInIt(3)));
    close(&mut tree, day);
    close(&mut tree, night);
    assert_eq!(may(&tree, day, 0), Err(Refused::Closed));
    assert_eq!(may(&tree, north, 0), Ok(()));
}

#[test]
fn two_open_units_beside_each_other_have_different_names() {
    let (mut tree, [root, north, south, day, ..]) = casa_norte();
    let name = UnitName::parse("dAY").unwrap();
    let unit = |tree: &Tree, id| tree.find(id).unwrap().clone();
    let may = |tree: &Tree, above| tree.may_open(&unit(tree, above), UnitKind::Team, &name);
    assert_eq!(may(&tree, north), Err(Refused::NameInUse));
    assert_eq!(may(&tree, south), Ok(()));
    assert_eq!(may(&tree, root), Ok(()));
    assert_eq!(may(&tree, day), Err(Refused::KindUnderKind));
    assert_eq!(
        tree.may_rename(&unit(&tree, day), &name),
        Ok(()),
        "her own name"
    );
    close(&mut tree, day);
    assert_eq!(
        may(&tree, north),
        Ok(()),
        "a closed unit leaves its name free"
    );
    assert_eq!(may(&tree, day), Err(Refused::AboveIsClosed));
}

#[test]
fn a_team_moves_between_sites_and_a_site_moves_nowhere_else() {
    let (tree, [root, north, south, day, night, _]) = casa_norte();
    let may = |unit, above| tree.may_move(tree.find(unit).unwrap(), tree.find(above).unwrap());
    assert_eq!(may(day, south), Ok(()));
    assert_eq!(may(day, root), Ok(()));
    assert_eq!(may(day, night), Err(Refused::KindUnderKind));
    assert_eq!(may(north, south), Err(Refused::KindUnderKind));
    assert_eq!(may(root, north), Err(Refused::Root));
}
