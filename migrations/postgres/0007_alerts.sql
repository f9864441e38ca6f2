-- What is concluded from released rows, and what people with power over a unit are to do about it.
-- Every row is a function of released rows, or was written by a supervisor for all to read.

CREATE TABLE judged_waves (
    organisation UUID NOT NULL REFERENCES organisations (id),
    wave UUID PRIMARY KEY NOT NULL REFERENCES waves (id),
    judged_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE findings (
    organisation UUID NOT NULL REFERENCES organisations (id),
    wave UUID NOT NULL REFERENCES waves (id),
    unit UUID NOT NULL,
    status TEXT CHECK (status IN ('quiet', 'watch', 'elevated', 'high')),
    document TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (wave, unit)
);
CREATE INDEX findings_of_unit ON findings (unit);

CREATE TABLE alerts (
    organisation UUID NOT NULL REFERENCES organisations (id),
    id UUID PRIMARY KEY NOT NULL,
    plan UUID NOT NULL REFERENCES check_in_plans (id),
    unit UUID NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('quiet', 'watch', 'elevated', 'high')),
    opened_wave UUID NOT NULL REFERENCES waves (id),
    latest_wave UUID NOT NULL REFERENCES waves (id),
    opened_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    closed_because TEXT,
    acknowledged_at TIMESTAMPTZ,
    acknowledged_by UUID,
    acknowledged_status TEXT,
    planned TEXT,
    follow_up_on DATE,
    follow_up_told BOOLEAN NOT NULL,
    closing_note TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX alerts_of_organisation ON alerts (organisation, opened_at, id);
CREATE UNIQUE INDEX one_open_alert ON alerts (unit, plan) WHERE closed_at IS NULL;

CREATE TABLE alert_turns (
    organisation UUID NOT NULL REFERENCES organisations (id),
    alert UUID NOT NULL REFERENCES alerts (id),
    wave UUID NOT NULL REFERENCES waves (id),
    status TEXT,
    PRIMARY KEY (alert, wave)
);

CREATE TABLE notices (
    organisation UUID NOT NULL REFERENCES organisations (id),
    id UUID PRIMARY KEY NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    kind TEXT NOT NULL,
    unit UUID NOT NULL,
    audience TEXT NOT NULL CHECK (audience IN ('everyone', 'supervisors')),
    wave UUID,
    alert UUID
);
CREATE INDEX notices_of_organisation ON notices (organisation, at);
