-- People, sessions, responses, the detector's state, alerts and the audit trail.

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL                                   -- JSON
) STRICT;

CREATE TABLE staff (
  id            INTEGER PRIMARY KEY,
  email         TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (email LIKE '%_@_%'),
  name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  password_hash TEXT,                                   -- NULL until the invitation is accepted
  created_at    TEXT NOT NULL,
  disabled_at   TEXT
) STRICT;

CREATE TABLE staff_role (
  staff_id INTEGER NOT NULL REFERENCES staff,
  role     TEXT NOT NULL CHECK (role IN ('therapist', 'supervisor', 'admin')),
  PRIMARY KEY (staff_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE staff_invitation (
  id         INTEGER PRIMARY KEY,
  staff_id   INTEGER NOT NULL REFERENCES staff,
  token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at    TEXT
) STRICT;

CREATE TABLE web_session (
  id_hash      BLOB PRIMARY KEY CHECK (length(id_hash) = 32),
  staff_id     INTEGER NOT NULL REFERENCES staff,
  created_at   TEXT NOT NULL,
  last_seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX web_session_of_staff ON web_session (staff_id);

CREATE TABLE supervision (
  id            INTEGER PRIMARY KEY,
  supervisor_id INTEGER NOT NULL REFERENCES staff,
  therapist_id  INTEGER NOT NULL REFERENCES staff,
  starts_on     TEXT NOT NULL,
  ends_on       TEXT,                                   -- the first day on which it no longer holds
  CHECK (supervisor_id <> therapist_id),
  UNIQUE (supervisor_id, therapist_id, starts_on)
) STRICT;
CREATE INDEX supervision_of_therapist ON supervision (therapist_id, supervisor_id);

CREATE TABLE patient (
  id         INTEGER PRIMARY KEY,
  code       TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(code) BETWEEN 1 AND 40),
  language   TEXT NOT NULL CHECK (length(language) BETWEEN 2 AND 20),
  instrument TEXT NOT NULL,
  contact    BLOB,                                      -- encrypted; only if the patient agreed to it
  created_at TEXT NOT NULL,
  paused_at  TEXT
) STRICT;

CREATE TABLE dyad (
  id           INTEGER PRIMARY KEY,
  patient_id   INTEGER NOT NULL REFERENCES patient,
  therapist_id INTEGER NOT NULL REFERENCES staff,
  starts_on    TEXT NOT NULL,
  ends_on      TEXT,
  next_on      TEXT,                                    -- day of the next session, if entered
  UNIQUE (patient_id, therapist_id, starts_on)
) STRICT;
CREATE INDEX dyad_of_therapist ON dyad (therapist_id, patient_id);

CREATE TABLE therapy_session (
  id         INTEGER PRIMARY KEY,
  dyad_id    INTEGER NOT NULL REFERENCES dyad,
  number     INTEGER NOT NULL CHECK (number > 0),
  held_on    TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (dyad_id, number)
) STRICT;

CREATE TABLE invitation (
  id         INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES therapy_session,
  instrument TEXT NOT NULL,
  version    TEXT NOT NULL,
  language   TEXT NOT NULL,
  channel    TEXT NOT NULL CHECK (channel IN ('link', 'qr', 'here')),
  token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  claimed_at TEXT
) STRICT;
CREATE INDEX invitation_of_session ON invitation (session_id);

-- What arrived, encrypted, exactly as it arrived: counted once, kept always.
CREATE TABLE attempt (
  id            TEXT PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),   -- random, made by the page
  invitation_id INTEGER NOT NULL REFERENCES invitation,
  received_at   TEXT NOT NULL,
  body          BLOB NOT NULL,
  counted       INTEGER NOT NULL CHECK (counted IN (0, 1))
) STRICT;
CREATE INDEX attempt_of_invitation ON attempt (invitation_id);

CREATE TABLE response (
  id            INTEGER PRIMARY KEY,
  session_id    INTEGER NOT NULL UNIQUE REFERENCES therapy_session,
  invitation_id INTEGER NOT NULL UNIQUE REFERENCES invitation,
  attempt_id    TEXT NOT NULL UNIQUE REFERENCES attempt,
  instrument    TEXT NOT NULL,
  version       TEXT NOT NULL,
  language      TEXT NOT NULL,
  received_at   TEXT NOT NULL,
  audience      TEXT NOT NULL CHECK (audience IN ('both', 'supervisor')),
  talked        TEXT CHECK (talked IN ('no', 'little', 'helped', 'not-helped', 'no-need')),
  wants_help    INTEGER NOT NULL CHECK (wants_help IN (0, 1)),
  comment       BLOB                                    -- encrypted; NULL if nothing was written
) STRICT;

CREATE TABLE answer (
  response_id INTEGER NOT NULL REFERENCES response,
  item        TEXT NOT NULL,
  value       INTEGER NOT NULL CHECK (value BETWEEN 0 AND 1000),
  PRIMARY KEY (response_id, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE score (
  response_id INTEGER NOT NULL REFERENCES response,
  scale       TEXT NOT NULL,
  value       REAL CHECK (value BETWEEN 0 AND 100),
  reason      TEXT CHECK (reason IN ('not answered', 'too few items', 'too few scales')),
  PRIMARY KEY (response_id, scale),
  CHECK ((value IS NULL) <> (reason IS NULL))
) STRICT, WITHOUT ROWID;

-- The detector's state of a dyad. 'shared' knows what the therapist may know; 'full' exists only from the
-- first response on that was held back, and knows that too.
CREATE TABLE baseline (
  dyad_id     INTEGER NOT NULL REFERENCES dyad,
  track       TEXT NOT NULL CHECK (track IN ('shared', 'full')),
  last_number INTEGER NOT NULL,
  state       TEXT NOT NULL,                            -- JSON
  updated_at  TEXT NOT NULL,
  PRIMARY KEY (dyad_id, track)
) STRICT, WITHOUT ROWID;

CREATE TABLE reading (
  dyad_id       INTEGER NOT NULL REFERENCES dyad,
  track         TEXT NOT NULL CHECK (track IN ('shared', 'full')),
  number        INTEGER NOT NULL CHECK (number > 0),
  answered      INTEGER NOT NULL CHECK (answered IN (0, 1)),
  expected      REAL NOT NULL,
  give_or_take  REAL NOT NULL,
  low           REAL NOT NULL,
  high          REAL NOT NULL,
  ask_below     REAL,
  usual_tension REAL NOT NULL,
  odds          REAL NOT NULL,
  level         TEXT NOT NULL CHECK (level IN ('none', 'keep', 'ask')),
  alert         INTEGER NOT NULL CHECK (alert IN (0, 1, 2)),
  own_word      INTEGER NOT NULL CHECK (own_word IN (0, 1)),
  rules         TEXT NOT NULL,                          -- JSON
  factors       TEXT NOT NULL,                          -- JSON
  silent_run    INTEGER NOT NULL CHECK (silent_run >= 0),
  episode       TEXT NOT NULL
                CHECK (episode IN ('none', 'open', 'recovering', 'repaired', 'unresolved')),
  PRIMARY KEY (dyad_id, track, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert (
  id            INTEGER PRIMARY KEY,
  dyad_id       INTEGER NOT NULL REFERENCES dyad,
  session_id    INTEGER NOT NULL REFERENCES therapy_session,
  audience      TEXT NOT NULL CHECK (audience IN ('both', 'supervisor')),
  level         TEXT NOT NULL CHECK (level IN ('keep', 'ask')),
  rules         TEXT NOT NULL,                          -- JSON
  factors       TEXT NOT NULL,                          -- JSON
  sentence      TEXT NOT NULL CHECK (length(sentence) > 0),
  status        TEXT NOT NULL CHECK (status IN
                ('new', 'seen', 'later', 'talked', 'ordinary', 'raised', 'repaired', 'withdrawn')),
  raised_at     TEXT NOT NULL,
  seen_at       TEXT,
  closed_at     TEXT,
  talked_number INTEGER,
  UNIQUE (session_id, audience)
) STRICT;
CREATE INDEX alert_of_dyad ON alert (dyad_id, status);

CREATE TABLE audit (
  id           INTEGER PRIMARY KEY,
  at           TEXT NOT NULL,
  actor        TEXT NOT NULL CHECK (actor IN ('staff', 'patient', 'command', 'system')),
  actor_id     INTEGER,
  action       TEXT NOT NULL,
  subject      TEXT,
  subject_id   INTEGER,
  detail       TEXT                                     -- JSON; never free text of a patient, never a token
) STRICT;
CREATE INDEX audit_of_subject ON audit (subject, subject_id);

-- Append-only, REPLACE included: it deletes without firing a DELETE trigger.
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit trail can only grow'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit trail can only grow'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'the audit trail can only grow'); END;
