//! What a file of people may look like, and how its faults are named.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::super::tree::Tree;
use super::super::super::tree::tests::casa_norte;
use super::*;

const HEADER: &str = "name,sign_in,unit,language,roles\n";

fn read_in(tree: &Tree, file: &[u8]) -> Result<Vec<Line>, Vec<Fault>> {
    let taken = HashSet::from(["vera".to_owned()]);
    read(file, &Places::of(tree, |_| true), &taken)
}

/// `place: message` of every fault.
fn faults(file: &[u8]) -> Vec<String> {
    let (tree, _) = casa_norte();
    let faults = read_in(&tree, file).expect_err("a faulty file");
    let said = faults
        .into_iter()
        .map(|f| format!("{}: {}", f.field, f.message));
    said.collect()
}

#[test]
fn a_file_of_people_is_read() {
    let (tree, [root, north, _, day, night, _]) = casa_norte();
    let file = format!(
        "{HEADER}Ana López,Ana.Lopez,North / Day,es,\n\
         \"Bea \"\"B\"\" Ruiz\",bea,{night},pt-BR,supervisor; hr: North\n\n\
         =SUM(A1),carla,casa norte,en\n"
    );
    let lines = read_in(&tree, file.as_bytes()).unwrap();
    let places: Vec<_> = lines
        .iter()
        .map(|l| (l.line, l.sign_in.as_str(), l.unit))
        .collect();
    assert_eq!(
        places,
        [(2, "ana.lopez", day), (3, "bea", night), (5, "carla", root)]
    );
    assert_eq!(lines[1].name.as_str(), "Bea \"B\" Ruiz");
    assert_eq!(
        lines[1].roles,
        [(Role::Supervisor, night), (Role::Hr, north)]
    );
    assert_eq!(
        lines[2].name.as_str(),
        "=SUM(A1)",
        "a formula is a name like any other"
    );
}

#[test]
fn bom_semicolons_tabs_crlf_and_any_order_of_columns_are_understood() {
    let (tree, [.., day, _, _]) = casa_norte();
    for file in [
        "\u{feff}unit;language;sign_in;name\r\nNorth / Day;es;ana;Ana\r\n;;;\r\n",
        "Language\tName\tSign_In\tUnit\nes\tAna\tana\tNorth / Day",
        "name,sign_in,unit,language,,\rAna,ana,North / Day,es,,\r",
    ] {
        let lines = read_in(&tree, file.as_bytes()).unwrap();
        assert_eq!(lines.len(), 1, "{file:?}");
        assert_eq!((lines[0].line, lines[0].unit), (2, day));
    }
}

#[test]
fn every_bad_cell_is_named_by_line_and_column() {
    let file = format!(
        "{HEADER}Ana,ana,North / Day,es\n\
         ,ana,Nowhere,english,boss\n\
         Vera,vera,North,es\n\
         Bea,b b,North,es,network\n\
         Carla,carla\n\
         Dora,dora,North,es,hr,too,many\n"
    );
    assert_eq!(
        faults(file.as_bytes()),
        [
            "line 3, column name: must not be empty",
            "line 3, column language: must be a language tag such as 'en', 'fr' or 'pt-BR'",
            "line 3, column unit: there is no such unit: write its id, or its path as 'Site / Team'",
            "line 3, column sign_in: is the same as in line 2",
            "line 3, column roles: is not a role: supervisor, hr, facilitator, peer-supporter, \
             administrator or network, separated by ';'",
            "line 4, column sign_in: someone in this organisation has this sign-in name",
            "line 5, column sign_in: may hold letters, digits and . _ - @ + ' only, and no spaces",
            "line 5, column roles: the role 'network' is held for the whole organisation",
            "line 6: has 2 columns, not 5",
            "line 7: has 7 columns, not 5",
        ]
    );
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    for end in ["\n", "\r\n"] {
        let file = [
            "name,sign_in,unit,language",
            "Ana,ana,North,es",
            "",
            "",
            ",x,North,es",
        ];
        let file = file.join(end);
        assert_eq!(
            faults(file.as_bytes()),
            ["line 5, column name: must not be empty"],
            "{end:?}"
        );
    }
}

#[test]
fn a_header_that_is_missing_or_strange_is_explained() {
    assert!(faults(b"")[0].starts_with("line 1: the first line must name the columns"));
    assert_eq!(
        faults(HEADER.as_bytes()),
        ["line 2: there are no people in this file"]
    );
    assert_eq!(
        faults(b"name,sign_in,unit,lang,name\n"),
        [
            "line 1, column lang: is not a column of ours: name, sign_in, unit, language, roles",
            "line 1, column name: is there twice",
            "line 1, column language: is missing",
        ]
    );
}

#[test]
fn what_is_not_utf_8_is_named_by_its_line() {
    let mut file = HEADER.as_bytes().to_vec();
    file.extend(b"Ana,ana,North,es\nMar\xeda,maria,North,es\n");
    assert_eq!(
        faults(&file),
        ["line 3, column name: is not UTF-8: save the file as UTF-8"]
    );
    assert!(faults(b"na\xffme\n")[0].starts_with("line 1: is not UTF-8"));
    assert!(!faults(b"\xff\xfen\0a\0m\0e\0").is_empty(), "UTF-16");
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_found() {
    let file = format!("{HEADER}Ana,ana,North,es\n\"Bea,bea,North,es\nCarla,carla,North,es\n");
    assert_eq!(faults(file.as_bytes()), ["line 3: has 1 columns, not 5"]);
    let file = format!("{HEADER}Ana,ana,North,\"es\nBea,bea,North,es\n");
    assert_eq!(
        faults(file.as_bytes()),
        ["line 2, column language: must be one line; a quotation mark may be missing"]
    );
}

#[test]
fn a_bad_line_40000_is_found_and_so_many_faults_are_counted() {
    let mut file = HEADER.to_owned();
    for line in 2..=50_000 {
        let unit = if line == 40_000 { "Nowhere" } else { "North" };
        writeln!(file, "Person {line},p{line},{unit},en,").unwrap();
    }
    let found = faults(file.as_bytes());
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("line 40000, column unit:"));
    let found = faults(file.replace("North", "Lost").as_bytes());
    assert_eq!(found.len(), MOST_FAULTS + 1);
    assert_eq!(found[MOST_FAULTS], "file: and 48999 more faults");
}

proptest! {
    #[test]
    fn no_bytes_at_all_can_make_it_panic(file in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (tree, _) = casa_norte();
        let _ = read_in(&tree, &file);
        let mut with_header = HEADER.as_bytes().to_vec();
        with_header.extend(file);
        let _ = read_in(&tree, &with_header);
    }
}
