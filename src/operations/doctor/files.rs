//! The two files that an installation has beside its database.

use super::Report;
use crate::settings::Settings;
use crate::tallies::CountedWaves;
use crate::vault::ServerKeys;

/// The server key: there, private, readable.
pub fn look_at_key(report: &mut Report, settings: &Settings) -> Option<ServerKeys> {
    let file = settings.server_key_file();
    let name = file.display();
    if !file.exists() {
        report.fail(
            "server key",
            format!("{name} is not there"),
            "put it back, or name it with --server-key-file; a new installation makes it at its \
             first start (or `respite key create`)",
        );
        return None;
    }
    match ServerKeys::is_private(&file) {
        Ok(true) => {}
        Ok(false) => report.fail(
            "server key",
            format!("{name} can be read by others"),
            format!("chmod 600 {name}"),
        ),
        Err(error) => report.fail("server key", error.to_string(), "look at the folder's mode"),
    }
    match ServerKeys::load(&file) {
        Ok(keys) => {
            report.ok(
                "server key",
                format!("{name}, current key {}", keys.number()),
            );
            Some(keys)
        }
        Err(error) => {
            let advice = "put your copy of the file in its place";
            report.fail("server key", error.to_string(), advice);
            None
        }
    }
}

/// The list of counted waves: there, whole.
pub fn look_at_list(report: &mut Report, settings: &Settings) -> Option<CountedWaves> {
    let folder = settings.state_dir();
    let name = folder.display();
    if !folder.is_dir() {
        report.fail(
            "counted waves",
            format!("the folder {name} is not there"),
            "make it, readable by the account of Respite alone, or name another with --state-dir",
        );
        return None;
    }
    if !CountedWaves::is_there(&folder) {
        report.warn(
            "counted waves",
            format!("there is no list in {name}"),
            "a server makes it when it starts; if one was there, put it back first: `restore` \
             needs it",
        );
        return None;
    }
    match CountedWaves::open(&folder) {
        Ok(list) => {
            report.ok("counted waves", format!("the list is in {name}"));
            Some(list)
        }
        Err(error) => {
            let advice = "remove the damaged line if it is the last one (it was being written \
                          when the power went); else put your copy in its place";
            report.fail("counted waves", error.to_string(), advice);
            None
        }
    }
}
