-- What is concluded from released rows, and what people with power over a unit are to do about it.
-- Every row is a function of released rows, or was written by a supervisor for all to read.

CREATE TABLE judged_waves (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    wave BLOB PRIMARY KEY NOT NULL REFERENCES waves (id),
    judged_at TEXT NOT NULL
) STRICT;

CREATE TABLE findings (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    wave BLOB NOT NULL REFERENCES waves (id),
    unit BLOB NOT NULL,
    status TEXT CHECK (status IN ('quiet', 'watch', 'elevated', 'high')),
    document TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (wave, unit)
) STRICT;
CREATE INDEX findings_of_unit ON findings (unit);

CREATE TABLE alerts (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    id BLOB PRIMARY KEY NOT NULL,
    plan BLOB NOT NULL REFERENCES check_in_plans (id),
    unit BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('quiet', 'watch', 'elevated', 'high')),
    opened_wave BLOB NOT NULL REFERENCES waves (id),
    latest_wave BLOB NOT NULL REFERENCES waves (id),
    opened_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    closed_at TEXT,
    closed_because TEXT,
    acknowledged_at TEXT,
    acknowledged_by BLOB,
    acknowledged_status TEXT,
    planned TEXT,
    follow_up_on TEXT,
    follow_up_told INTEGER NOT NULL CHECK (follow_up_told IN (0, 1)),
    closing_note TEXT,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX alerts_of_organisation ON alerts (organisation, opened_at, id);
CREATE UNIQUE INDEX one_open_alert ON alerts (unit, plan) WHERE closed_at IS NULL;

CREATE TABLE alert_turns (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    alert BLOB NOT NULL REFERENCES alerts (id),
    wave BLOB NOT NULL REFERENCES waves (id),
    status TEXT,
    PRIMARY KEY (alert, wave)
) STRICT;

CREATE TABLE notices (
    organisation BLOB NOT NULL REFERENCES organisations (id),
    id BLOB PRIMARY KEY NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit BLOB NOT NULL,
    audience TEXT NOT NULL CHECK (audience IN ('everyone', 'supervisors')),
    wave BLOB,
    alert BLOB
) STRICT;
CREATE INDEX notices_of_organisation ON notices (organisation, at);
