-- All that is kept of the ballots. Every row may be shown; only the publication rule makes one.

CREATE TABLE tallies (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    wave BLOB NOT NULL REFERENCES waves (id),
    scale TEXT NOT NULL,
    unit BLOB NOT NULL,
    answered INTEGER NOT NULL CHECK (answered >= 5),
    mean INTEGER NOT NULL CHECK (mean BETWEEN 0 AND 100),
    at_or_above_cut INTEGER,
    stayed INTEGER NOT NULL,
    PRIMARY KEY (wave, scale, unit)
) STRICT;
