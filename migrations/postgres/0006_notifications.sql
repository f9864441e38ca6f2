-- What is told outside, to whom, and by which way. Letters are written for whole rosters, whoever
-- answered; none of these rows is written by signing in or checking in.

CREATE TABLE reminders (
    organisation UUID NOT NULL REFERENCES organisations (id),
    account UUID PRIMARY KEY NOT NULL REFERENCES accounts (id),
    sealed BYTEA NOT NULL,
    confirmed BOOLEAN NOT NULL,
    code_until TIMESTAMPTZ,
    code_attempts BIGINT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('none', 'email')),
    quiet_hours BOOLEAN NOT NULL,
    language TEXT NOT NULL
);
CREATE INDEX reminders_of_organisation ON reminders (organisation);

CREATE TABLE webhooks (
    organisation UUID NOT NULL REFERENCES organisations (id),
    id UUID PRIMARY KEY NOT NULL,
    url TEXT NOT NULL,
    secret BYTEA NOT NULL,
    events TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX webhooks_of_organisation ON webhooks (organisation);

-- No foreign key to the recipient: a letter to an account or webhook that is gone is not sent.
CREATE TABLE outbox (
    organisation UUID NOT NULL REFERENCES organisations (id),
    id UUID PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'webhook')),
    kind TEXT NOT NULL,
    about UUID,
    recipient UUID NOT NULL,
    once TEXT NOT NULL UNIQUE,
    due_at TIMESTAMPTZ NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at TIMESTAMPTZ NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'dead')),
    state_since TIMESTAMPTZ NOT NULL,
    last_error TEXT
);
CREATE INDEX outbox_by_time ON outbox (state, next_attempt_at);

-- Sent letters are deleted, so what has been said is remembered here: of which wave, never to whom.
CREATE TABLE told (
    organisation UUID NOT NULL REFERENCES organisations (id),
    message TEXT PRIMARY KEY NOT NULL,
    keep_until DATE NOT NULL
);
