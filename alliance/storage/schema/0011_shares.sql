-- What lets a supervisor help: cases that a therapist shows, what came of a patient's wish for help, and which answers
-- kept for supervisors were looked at.

-- A therapist shows a case to one supervisor, with what the patient wrote to the therapist. It ends by itself after
-- `until`, before that when `ended_at` is set, and with the supervision or the therapy at once.
CREATE TABLE share (
  id            INTEGER PRIMARY KEY,
  dyad_id       INTEGER NOT NULL REFERENCES dyad,
  supervisor_id INTEGER NOT NULL REFERENCES staff,
  question      BLOB,                                   -- encrypted: what the therapist would like to look at
  shared_on     TEXT NOT NULL,                          -- the day, at the clinic
  until         TEXT NOT NULL,                          -- the last day on which it holds
  opened_at     TEXT,                                   -- the supervisor's first look at it
  ended_at      TEXT,
  CHECK (until > shared_on)
) STRICT;
CREATE UNIQUE INDEX share_standing ON share (dyad_id, supervisor_id) WHERE ended_at IS NULL;
CREATE INDEX share_with ON share (supervisor_id, dyad_id);
CREATE INDEX share_of_dyad ON share (dyad_id);

-- What supervisors did about a patient's wish for help. The therapist never sees any of it.
CREATE TABLE help_step (
  response_id INTEGER NOT NULL REFERENCES response,
  step        TEXT NOT NULL CHECK (step IN ('taken up', 'done')),
  staff_id    INTEGER NOT NULL REFERENCES staff,
  at          TEXT NOT NULL,
  PRIMARY KEY (response_id, step)
) STRICT, WITHOUT ROWID;

-- Answers kept from the therapist, from when on a supervisor had them before the eyes.
CREATE TABLE looked_at (
  response_id INTEGER NOT NULL REFERENCES response,
  staff_id    INTEGER NOT NULL REFERENCES staff,
  at          TEXT NOT NULL,
  PRIMARY KEY (response_id, staff_id)
) STRICT, WITHOUT ROWID;
