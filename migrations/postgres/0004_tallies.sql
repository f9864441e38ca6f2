-- All that is kept of the ballots. Every row may be shown; only the publication rule makes one.

CREATE TABLE tallies (
    organisation UUID NOT NULL REFERENCES organisations (id),
    wave UUID NOT NULL REFERENCES waves (id),
    scale TEXT NOT NULL,
    unit UUID NOT NULL,
    answered BIGINT NOT NULL CHECK (answered >= 5),
    mean BIGINT NOT NULL CHECK (mean BETWEEN 0 AND 100),
    at_or_above_cut BIGINT,
    stayed BIGINT NOT NULL,
    PRIMARY KEY (wave, scale, unit)
);
