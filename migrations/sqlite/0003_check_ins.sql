-- What is asked, and what comes back. There is no table of who took part: records lie under
-- locators that only a worker's key can compute, ballots under random ids.

CREATE TABLE check_in_plans (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    id BLOB PRIMARY KEY NOT NULL,
    instrument TEXT NOT NULL,
    form TEXT NOT NULL,
    every_months INTEGER NOT NULL CHECK (every_months BETWEEN 1 AND 24),
    window_days INTEGER NOT NULL CHECK (window_days BETWEEN 3 AND 60),
    languages TEXT NOT NULL,
    drafts INTEGER NOT NULL CHECK (drafts IN (0, 1)),
    first_day TEXT NOT NULL,
    next_number INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;

CREATE TABLE plan_units (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    plan BLOB NOT NULL REFERENCES check_in_plans (id),
    unit BLOB NOT NULL REFERENCES units (id),
    PRIMARY KEY (plan, unit)
) STRICT;

CREATE TABLE waves (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    id BLOB PRIMARY KEY NOT NULL,
    plan BLOB NOT NULL REFERENCES check_in_plans (id),
    number INTEGER NOT NULL,
    instrument TEXT NOT NULL,
    version TEXT NOT NULL,
    form TEXT NOT NULL,
    languages TEXT NOT NULL,
    drafts INTEGER NOT NULL CHECK (drafts IN (0, 1)),
    scales TEXT NOT NULL,
    threshold INTEGER NOT NULL,
    opens_at TEXT NOT NULL,
    closes_at TEXT NOT NULL,
    extended_at TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'counting', 'closed', 'stopped')),
    public_key BLOB NOT NULL,
    digest BLOB NOT NULL,
    tag BLOB NOT NULL,
    UNIQUE (plan, number)
) STRICT;
CREATE INDEX waves_of_organisation ON waves (organisation);

CREATE TABLE wave_keys (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    wave BLOB PRIMARY KEY NOT NULL REFERENCES waves (id),
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE wave_units (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    wave BLOB NOT NULL REFERENCES waves (id),
    unit BLOB NOT NULL,
    parent BLOB,
    asked INTEGER NOT NULL,
    PRIMARY KEY (wave, unit)
) STRICT;

-- No foreign key to accounts: a roster outlives the accounts on it.
CREATE TABLE roster (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    wave BLOB NOT NULL REFERENCES waves (id),
    account BLOB NOT NULL,
    unit BLOB NOT NULL,
    settled INTEGER NOT NULL CHECK (settled IN (0, 1)),
    PRIMARY KEY (wave, account)
) STRICT;

CREATE TABLE open_records (
    locator BLOB PRIMARY KEY NOT NULL,
    wave BLOB NOT NULL,
    ciphertext BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
    locator BLOB PRIMARY KEY NOT NULL,
    organisation BLOB NOT NULL,
    keep_until TEXT NOT NULL,
    ciphertext BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ballots (
    id BLOB PRIMARY KEY NOT NULL,
    wave BLOB NOT NULL,
    tag BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE choices (
    locator BLOB PRIMARY KEY NOT NULL,
    ciphertext BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
    locator BLOB PRIMARY KEY NOT NULL,
    ciphertext BLOB NOT NULL,
    expires_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;
