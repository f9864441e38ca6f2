-- What is told outside, to whom, and by which way. Letters are written for whole rosters, whoever
-- answered; none of these rows is written by signing in or checking in.

CREATE TABLE reminders (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    account BLOB PRIMARY KEY NOT NULL REFERENCES accounts (id),
    sealed BLOB NOT NULL,
    confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
    code_until TEXT,
    code_attempts INTEGER NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('none', 'email')),
    quiet_hours INTEGER NOT NULL CHECK (quiet_hours IN (0, 1)),
    language TEXT NOT NULL
) STRICT;
CREATE INDEX reminders_of_organisation ON reminders (organisation);

CREATE TABLE webhooks (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    id BLOB PRIMARY KEY NOT NULL,
    url TEXT NOT NULL,
    secret BLOB NOT NULL,
    events TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX webhooks_of_organisation ON webhooks (organisation);

-- No foreign key to the recipient: a letter to an account or webhook that is gone is not sent.
CREATE TABLE outbox (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    id BLOB PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'webhook')),
    kind TEXT NOT NULL,
    about BLOB,
    recipient BLOB NOT NULL,
    once TEXT NOT NULL UNIQUE,
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'dead')),
    state_since TEXT NOT NULL,
    last_error TEXT
) STRICT;
CREATE INDEX outbox_by_time ON outbox (state, next_attempt_at);

-- Sent letters are deleted, so what has been said is remembered here: of which wave, never to whom.
CREATE TABLE told (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    message TEXT PRIMARY KEY NOT NULL,
    keep_until TEXT NOT NULL
) STRICT;
