-- Who it is. Nothing here that can be found from an account is written by signing in, opening a
-- page or checking in.

CREATE TABLE vaults (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    account BLOB PRIMARY KEY NOT NULL REFERENCES accounts (id),
    number INTEGER NOT NULL,
    since TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    tag BLOB NOT NULL,
    salt BLOB NOT NULL,
    memory_kib INTEGER NOT NULL,
    passes INTEGER NOT NULL,
    lanes INTEGER NOT NULL,
    verifier BLOB NOT NULL,
    pepper INTEGER NOT NULL,
    by_password BLOB NOT NULL,
    by_recovery BLOB NOT NULL,
    key_ring BLOB NOT NULL,
    totp BLOB,
    reset_at TEXT,
    reset_by BLOB
) STRICT;

CREATE TABLE former_vaults (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    account BLOB NOT NULL REFERENCES accounts (id),
    number INTEGER NOT NULL,
    by_recovery BLOB NOT NULL,
    key_ring BLOB NOT NULL,
    kept_until TEXT NOT NULL,
    PRIMARY KEY (account, number)
) STRICT;

CREATE TABLE activation_codes (
    code BLOB PRIMARY KEY NOT NULL,
    organisation BLOB NOT NULL REFERENCES organisations (id),
    account BLOB NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('activation', 'reset')),
    issued_by BLOB,
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT;

CREATE TABLE sign_ins (
    token BLOB PRIMARY KEY NOT NULL,
    sealed BLOB NOT NULL,
    expires_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE access_tokens (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    id BLOB PRIMARY KEY NOT NULL,
    account BLOB NOT NULL REFERENCES accounts (id),
    secret BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    second_factor INTEGER NOT NULL CHECK (second_factor IN (0, 1)),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;

CREATE TABLE used_codes (
    code BLOB PRIMARY KEY NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    key BLOB PRIMARY KEY NOT NULL,
    sealed BLOB NOT NULL,
    expires_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;
