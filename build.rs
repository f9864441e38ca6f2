//! Tells cargo that a new migration, questionnaire or letter file changes the binary.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=questionnaires");
    println!("cargo:rerun-if-changed=dashboards");
}
