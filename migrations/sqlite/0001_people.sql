-- Who exists: networks, organisations, the tree of units, accounts, members, roles.

CREATE TABLE networks (
    id BLOB PRIMARY KEY NOT NULL,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE organisations (
    id BLOB PRIMARY KEY NOT NULL,
    network BLOB NOT NULL REFERENCES networks (id),
    short_name TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    zone TEXT NOT NULL,
    notification_hour INTEGER NOT NULL,
    threshold INTEGER NOT NULL CHECK (threshold >= 5),
    hr_sees_units INTEGER NOT NULL CHECK (hr_sees_units IN (0, 1)),
    second_factor_required INTEGER NOT NULL CHECK (second_factor_required IN (0, 1)),
    words TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE units (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    id BLOB PRIMARY KEY NOT NULL,
    parent BLOB REFERENCES units (id),
    kind TEXT NOT NULL CHECK (kind IN ('organisation', 'site', 'team')),
    name TEXT NOT NULL,
    successor_of BLOB REFERENCES units (id),
    opened_at TEXT NOT NULL,
    closed_at TEXT
) STRICT;
CREATE INDEX units_of_organisation ON units (organisation);

CREATE TABLE accounts (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    id BLOB PRIMARY KEY NOT NULL,
    sign_in TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'left', 'locked')),
    state_until TEXT,
    state_reason TEXT,
    UNIQUE (organisation, sign_in)
) STRICT;

CREATE TABLE members (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    account BLOB PRIMARY KEY NOT NULL REFERENCES accounts (id),
    unit BLOB NOT NULL REFERENCES units (id),
    since TEXT NOT NULL,
    away_from TEXT,
    away_until TEXT
) STRICT;
CREATE INDEX members_of_unit ON members (unit);

CREATE TABLE roles (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    account BLOB NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL CHECK (role IN (
        'supervisor', 'hr', 'facilitator', 'peer-supporter', 'administrator', 'network'
    )),
    unit BLOB NOT NULL REFERENCES units (id),
    granted_by BLOB,
    granted_at TEXT NOT NULL,
    PRIMARY KEY (account, role, unit)
) STRICT;
CREATE INDEX roles_for_unit ON roles (unit);
