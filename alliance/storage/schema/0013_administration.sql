-- Patients who went from one therapist to another, or whose therapy ended: one row for each time, for the two whom
-- it concerns, until each has put the note away. Nothing of the therapy stands here.
CREATE TABLE caseload_change (
  id        INTEGER PRIMARY KEY,
  from_dyad INTEGER NOT NULL UNIQUE REFERENCES dyad,
  to_dyad   INTEGER UNIQUE REFERENCES dyad,             -- NULL where the therapy ended
  moves_on  TEXT NOT NULL,                              -- the first day on which the earlier dyad no longer holds
  reason    TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 40),
  made_by   INTEGER NOT NULL REFERENCES staff,
  made_at   TEXT NOT NULL,
  CHECK (to_dyad <> from_dyad)
) STRICT;

CREATE TABLE caseload_change_read (
  change_id INTEGER NOT NULL REFERENCES caseload_change,
  staff_id  INTEGER NOT NULL REFERENCES staff,
  read_at   TEXT NOT NULL,
  PRIMARY KEY (change_id, staff_id)
) STRICT, WITHOUT ROWID;

-- Each line to call says for which language and country it is; those that were kept are for everybody, here.
UPDATE setting SET value = json_set(value, '$.crisis_lines', json((
    SELECT json_group_array(json_insert(line.value, '$.language', '', '$.country', ''))
    FROM json_each(setting.value, '$.crisis_lines') AS line)))
  WHERE name = 'clinic' AND json_type(value, '$.crisis_lines') = 'array';
