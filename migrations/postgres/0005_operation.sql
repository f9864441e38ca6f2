-- Audit chains, and the leases of jobs.

CREATE TABLE audit (
    organisation UUID NOT NULL REFERENCES organisations (id),
    number BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    actor UUID,
    change TEXT NOT NULL,
    previous BYTEA NOT NULL,
    tag BYTEA NOT NULL,
    PRIMARY KEY (organisation, number)
);

CREATE TABLE audit_head (
    organisation UUID PRIMARY KEY NOT NULL REFERENCES organisations (id),
    number BIGINT NOT NULL,
    head BYTEA NOT NULL
);

CREATE TABLE jobs (
    name TEXT PRIMARY KEY NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    leased_until TIMESTAMPTZ NOT NULL
);
