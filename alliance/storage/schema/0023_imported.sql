-- What was rated before this clinic asked, taken over from files. It is no answer of a form: nothing was offered for it,
-- nobody sent it here, and it counts as neither.

CREATE TABLE import (
  id            INTEGER PRIMARY KEY,
  kind          TEXT NOT NULL CHECK (kind IN ('caseload', 'ratings')),
  made_at       TEXT NOT NULL,
  file_hash     BLOB NOT NULL CHECK (length(file_hash) = 32),
  questionnaire TEXT NOT NULL DEFAULT '' CHECK (length(questionnaire) <= 80),   -- what it was rated on, as staff call it
  undone_at     TEXT
) STRICT;

-- Who and what came with which import, so that it can be taken back.
CREATE TABLE imported_patient (
  patient_id INTEGER PRIMARY KEY REFERENCES patient,
  import_id  INTEGER NOT NULL REFERENCES import
) STRICT;
CREATE INDEX imported_patient_of_import ON imported_patient (import_id);

CREATE TABLE imported_dyad (
  dyad_id   INTEGER PRIMARY KEY REFERENCES dyad,
  import_id INTEGER NOT NULL REFERENCES import
) STRICT;
CREATE INDEX imported_dyad_of_import ON imported_dyad (import_id);

-- A session of before, with its ratings as 0 to 100 where there are any. `form`: rated on a questionnaire that measures
-- as the one here does, or on another.
CREATE TABLE imported_session (
  id            INTEGER PRIMARY KEY,
  session_id    INTEGER NOT NULL UNIQUE REFERENCES therapy_session,
  import_id     INTEGER NOT NULL REFERENCES import,
  form          TEXT NOT NULL CHECK (form IN ('same', 'other')),
  answered      INTEGER NOT NULL CHECK (answered IN (0, 1)),
  safety        REAL CHECK (safety BETWEEN 0 AND 100),
  attunement    REAL CHECK (attunement BETWEEN 0 AND 100),
  collaboration REAL CHECK (collaboration BETWEEN 0 AND 100),
  rupture       REAL CHECK (rupture BETWEEN 0 AND 100),
  alliance      REAL CHECK (alliance BETWEEN 0 AND 100),
  items         TEXT,                                   -- JSON, by item; NULL where only scores came
  CHECK (answered = (safety IS NOT NULL OR attunement IS NOT NULL OR collaboration IS NOT NULL
         OR rupture IS NOT NULL OR alliance IS NOT NULL))
) STRICT;
CREATE INDEX imported_session_of_import ON imported_session (import_id);

-- SQLite cannot change a CHECK, so the proofs move to a table that knows this kind too.
CREATE TABLE digest_was AS SELECT * FROM digest;
DROP TABLE digest;
CREATE TABLE digest (
  kind   TEXT NOT NULL CHECK (kind IN ('response', 'follow_up', 'imported_session', 'aside')),
  record INTEGER NOT NULL CHECK (record > 0),
  proof  BLOB NOT NULL CHECK (length(proof) = 32),
  erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
  PRIMARY KEY (kind, record)
) STRICT, WITHOUT ROWID;
INSERT INTO digest SELECT kind, record, proof, erased FROM digest_was;
DROP TABLE digest_was;
