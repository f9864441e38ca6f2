//! How many files and connections the operating system lets one program hold open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More connections than this are never needed: a proxy stands in front.
const MOST: u64 = 4096;
/// What else is open: the database, its log, temporary files, its connections.
const OTHERS: u64 = 256;

/// Asks for as many open files as that takes, and says how many connections there may be. The
/// usual limit of 1,024 is for programs that use `select`; this one does not.
#[must_use]
pub fn most_connections() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit
        .maximum
        .map_or(MOST + OTHERS, |maximum| maximum.min(MOST + OTHERS));
    let mut current = limit.current.unwrap_or(u64::MAX);
    if current < wanted {
        let raised = Rlimit {
            current: Some(wanted),
            maximum: limit.maximum,
        };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            current = wanted;
        }
    }
    within(current)
}

/// Connections that fit into so many descriptors; at least a few, whatever the limit.
fn within(descriptors: u64) -> usize {
    let fit = descriptors.saturating_sub(OTHERS).clamp(16, MOST);
    usize::try_from(fit).unwrap_or(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_the_database() {
        for (descriptors, connections) in [(0, 16), (256, 16), (1024, 768), (1 << 20, 4096)] {
            assert_eq!(within(descriptors), connections, "{descriptors}");
        }
    }
}
