-- What patients may ask for: that forms rest for a while, and that everything about them goes.

-- Forms rest from `from_on`, the day of the first session that is not read as silent, until `ended_on`, the first day
-- on which they are offered again. While one stands, patient.paused_at says since when.
CREATE TABLE pause (
  id         INTEGER PRIMARY KEY,
  patient_id INTEGER NOT NULL REFERENCES patient,
  reason     TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 40),
  from_on    TEXT NOT NULL,
  look_on    TEXT NOT NULL,                             -- the day on which to look at it again
  paused_by  INTEGER NOT NULL REFERENCES staff,
  paused_at  TEXT NOT NULL,
  ended_on   TEXT,
  ended_by   INTEGER REFERENCES staff,
  ended_at   TEXT,
  CHECK ((ended_on IS NULL) = (ended_at IS NULL)),
  CHECK (ended_by IS NULL OR ended_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX pause_standing ON pause (patient_id) WHERE ended_on IS NULL;
CREATE INDEX pause_of_patient ON pause (patient_id);

-- Requests that everything about a patient be erased, and what came of them. A row outlives the patient: it says who
-- is not to come back with an old backup, and holds nothing else about them. Therefore no foreign key to patient;
-- the moment at which the patient was added tells two apart that were given the same number.
CREATE TABLE erasure (
  id               INTEGER PRIMARY KEY,
  patient_id       INTEGER NOT NULL,
  patient_added_at TEXT NOT NULL,
  reason           TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 40),
  asked_by         INTEGER NOT NULL REFERENCES staff,
  asked_at         TEXT NOT NULL,
  confirmed_by     INTEGER REFERENCES staff,
  confirmed_at     TEXT,
  stopped_by       INTEGER REFERENCES staff,
  stopped_at       TEXT,
  erased_at        TEXT,                                -- the rows are gone
  wiped_at         TEXT,                                -- and so is what the file still held of them
  CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
  CHECK ((stopped_by IS NULL) = (stopped_at IS NULL)),
  CHECK (confirmed_by <> asked_by),
  CHECK (stopped_at IS NULL OR erased_at IS NULL),
  CHECK (erased_at IS NULL OR confirmed_at IS NOT NULL),
  CHECK (wiped_at IS NULL OR erased_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX erasure_open ON erasure (patient_id) WHERE stopped_at IS NULL AND erased_at IS NULL;

-- What was erased stays noted.
CREATE TRIGGER erasure_no_delete BEFORE DELETE ON erasure
  BEGIN SELECT RAISE(ABORT, 'the list of what was erased can only grow'); END;
CREATE TRIGGER erasure_no_return BEFORE UPDATE ON erasure WHEN OLD.erased_at IS NOT NULL
    AND (NEW.erased_at IS NOT OLD.erased_at OR NEW.patient_id IS NOT OLD.patient_id
      OR NEW.patient_added_at IS NOT OLD.patient_added_at)
  BEGIN SELECT RAISE(ABORT, 'what was erased stays erased'); END;

-- Patients whose forms were paused before pauses had a row of their own: to be looked at on the day they began.
INSERT INTO pause (patient_id, reason, from_on, look_on, paused_by, paused_at)
  SELECT p.id, 'other', date(p.paused_at), date(p.paused_at),
    (SELECT d.therapist_id FROM dyad AS d WHERE d.patient_id = p.id ORDER BY d.starts_on DESC, d.id DESC LIMIT 1),
    p.paused_at
  FROM patient AS p WHERE p.paused_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM dyad AS d WHERE d.patient_id = p.id);
