-- What is asked, and what comes back. There is no table of who took part: records lie under
-- locators that only a worker's key can compute, ballots under random ids.

CREATE TABLE check_in_plans (
    organisation UUID NOT NULL REFERENCES organisations (id),
    id UUID PRIMARY KEY NOT NULL,
    instrument TEXT NOT NULL,
    form TEXT NOT NULL,
    every_months BIGINT NOT NULL CHECK (every_months BETWEEN 1 AND 24),
    window_days BIGINT NOT NULL CHECK (window_days BETWEEN 3 AND 60),
    languages TEXT NOT NULL,
    drafts BOOLEAN NOT NULL,
    first_day DATE NOT NULL,
    next_number BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);

CREATE TABLE plan_units (
    organisation UUID NOT NULL REFERENCES organisations (id),
    plan UUID NOT NULL REFERENCES check_in_plans (id),
    unit UUID NOT NULL REFERENCES units (id),
    PRIMARY KEY (plan, unit)
);

CREATE TABLE waves (
    organisation UUID NOT NULL REFERENCES organisations (id),
    id UUID PRIMARY KEY NOT NULL,
    plan UUID NOT NULL REFERENCES check_in_plans (id),
    number BIGINT NOT NULL,
    instrument TEXT NOT NULL,
    version TEXT NOT NULL,
    form TEXT NOT NULL,
    languages TEXT NOT NULL,
    drafts BOOLEAN NOT NULL,
    scales TEXT NOT NULL,
    threshold BIGINT NOT NULL,
    opens_at TIMESTAMPTZ NOT NULL,
    closes_at TIMESTAMPTZ NOT NULL,
    extended_at TIMESTAMPTZ,
    state TEXT NOT NULL CHECK (state IN ('open', 'counting', 'closed', 'stopped')),
    public_key BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    tag BYTEA NOT NULL,
    UNIQUE (plan, number)
);
CREATE INDEX waves_of_organisation ON waves (organisation);

CREATE TABLE wave_keys (
    organisation UUID NOT NULL REFERENCES organisations (id),
    wave UUID PRIMARY KEY NOT NULL REFERENCES waves (id),
    sealed BYTEA NOT NULL
);

CREATE TABLE wave_units (
    organisation UUID NOT NULL REFERENCES organisations (id),
    wave UUID NOT NULL REFERENCES waves (id),
    unit UUID NOT NULL,
    parent UUID,
    asked BIGINT NOT NULL,
    PRIMARY KEY (wave, unit)
);

-- No foreign key to accounts: a roster outlives the accounts on it.
CREATE TABLE roster (
    organisation UUID NOT NULL REFERENCES organisations (id),
    wave UUID NOT NULL REFERENCES waves (id),
    account UUID NOT NULL,
    unit UUID NOT NULL,
    settled BOOLEAN NOT NULL,
    PRIMARY KEY (wave, account)
);

CREATE TABLE open_records (
    locator BYTEA PRIMARY KEY NOT NULL,
    wave UUID NOT NULL,
    ciphertext BYTEA NOT NULL
);

CREATE TABLE records (
    locator BYTEA PRIMARY KEY NOT NULL,
    organisation UUID NOT NULL,
    keep_until DATE NOT NULL,
    ciphertext BYTEA NOT NULL
);

CREATE TABLE ballots (
    id UUID PRIMARY KEY NOT NULL,
    wave UUID NOT NULL,
    tag BYTEA NOT NULL,
    sealed BYTEA NOT NULL
);

CREATE TABLE choices (
    locator BYTEA PRIMARY KEY NOT NULL,
    ciphertext BYTEA NOT NULL
);

CREATE TABLE drafts (
    locator BYTEA PRIMARY KEY NOT NULL,
    ciphertext BYTEA NOT NULL,
    expires_on DATE NOT NULL
);
