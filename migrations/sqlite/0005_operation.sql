-- Audit chains, and the leases of jobs.

CREATE TABLE audit (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor BLOB,
    change TEXT NOT NULL,
    previous BLOB NOT NULL,
    tag BLOB NOT NULL,
    PRIMARY KEY (organisation, number)
) STRICT;

CREATE TABLE audit_head (
    organisation BLOB PRIMARY KEY NOT NULL REFERENCES organisations (id),
    number INTEGER NOT NULL,
    head BLOB NOT NULL
) STRICT;

CREATE TABLE jobs (
    name TEXT PRIMARY KEY NOT NULL,
    due_at TEXT NOT NULL,
    leased_until TEXT NOT NULL
) STRICT;
