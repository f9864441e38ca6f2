-- Who it is. Nothing here that can be found from an account is written by signing in, opening a
-- page or checking in.

CREATE TABLE vaults (
    organisation UUID NOT NULL REFERENCES organisations (id),
    account UUID PRIMARY KEY NOT NULL REFERENCES accounts (id),
    number BIGINT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    epoch BIGINT NOT NULL,
    public_key BYTEA NOT NULL,
    tag BYTEA NOT NULL,
    salt BYTEA NOT NULL,
    memory_kib BIGINT NOT NULL,
    passes BIGINT NOT NULL,
    lanes BIGINT NOT NULL,
    verifier BYTEA NOT NULL,
    pepper BIGINT NOT NULL,
    by_password BYTEA NOT NULL,
    by_recovery BYTEA NOT NULL,
    key_ring BYTEA NOT NULL,
    totp BYTEA,
    reset_at TIMESTAMPTZ,
    reset_by UUID
);

CREATE TABLE former_vaults (
    organisation UUID NOT NULL REFERENCES organisations (id),
    account UUID NOT NULL REFERENCES accounts (id),
    number BIGINT NOT NULL,
    by_recovery BYTEA NOT NULL,
    key_ring BYTEA NOT NULL,
    kept_until DATE NOT NULL,
    PRIMARY KEY (account, number)
);

CREATE TABLE activation_codes (
    code BYTEA PRIMARY KEY NOT NULL,
    organisation UUID NOT NULL REFERENCES organisations (id),
    account UUID NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('activation', 'reset')),
    issued_by UUID,
    issued_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);

CREATE TABLE sign_ins (
    token BYTEA PRIMARY KEY NOT NULL,
    sealed BYTEA NOT NULL,
    expires_on DATE NOT NULL
);

CREATE TABLE access_tokens (
    organisation UUID NOT NULL REFERENCES organisations (id),
    id UUID PRIMARY KEY NOT NULL,
    account UUID NOT NULL REFERENCES accounts (id),
    secret BYTEA NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    second_factor BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE used_codes (
    code BYTEA PRIMARY KEY NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE idempotency (
    key BYTEA PRIMARY KEY NOT NULL,
    sealed BYTEA NOT NULL,
    expires_on DATE NOT NULL
);
