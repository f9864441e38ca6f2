-- Who exists: networks, organisations, the tree of units, accounts, members, roles.

CREATE TABLE networks (
    id UUID PRIMARY KEY NOT NULL,
    name TEXT NOT NULL
);

CREATE TABLE organisations (
    id UUID PRIMARY KEY NOT NULL,
    network UUID NOT NULL REFERENCES networks (id),
    short_name TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    zone TEXT NOT NULL,
    notification_hour BIGINT NOT NULL,
    threshold BIGINT NOT NULL CHECK (threshold >= 5),
    hr_sees_units BOOLEAN NOT NULL,
    second_factor_required BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE units (
    organisation UUID NOT NULL REFERENCES organisations (id),
    id UUID PRIMARY KEY NOT NULL,
    parent UUID REFERENCES units (id),
    kind TEXT NOT NULL CHECK (kind IN ('organisation', 'site', 'team')),
    name TEXT NOT NULL,
    successor_of UUID REFERENCES units (id),
    opened_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ
);
CREATE INDEX units_of_organisation ON units (organisation);

CREATE TABLE accounts (
    organisation UUID NOT NULL REFERENCES organisations (id),
    id UUID PRIMARY KEY NOT NULL,
    sign_in TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'left', 'locked')),
    state_until TIMESTAMPTZ,
    state_reason TEXT,
    UNIQUE (organisation, sign_in)
);

CREATE TABLE members (
    organisation UUID NOT NULL REFERENCES organisations (id),
    account UUID PRIMARY KEY NOT NULL REFERENCES accounts (id),
    unit UUID NOT NULL REFERENCES units (id),
    since TIMESTAMPTZ NOT NULL,
    away_from DATE,
    away_until DATE
);
CREATE INDEX members_of_unit ON members (unit);

CREATE TABLE roles (
    organisation UUID NOT NULL REFERENCES organisations (id),
    account UUID NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL CHECK (role IN (
        'supervisor', 'hr', 'facilitator', 'peer-supporter', 'administrator', 'network'
    )),
    unit UUID NOT NULL REFERENCES units (id),
    granted_by UUID,
    granted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account, role, unit)
);
CREATE INDEX roles_for_unit ON roles (unit);
