-- A proof for every answer with all that belongs to it, and for every follow-up; for what came over a link without
-- counting, one for all of it. Numbers of answers and follow-ups have no gap here: what was erased stays as a proof
-- of that. No foreign key, since a row outlives what it proves; and it holds nothing but a number and a proof.
CREATE TABLE digest (
  kind   TEXT NOT NULL CHECK (kind IN ('response', 'follow_up', 'aside')),
  record INTEGER NOT NULL CHECK (record > 0),
  proof  BLOB NOT NULL CHECK (length(proof) = 32),
  erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
  PRIMARY KEY (kind, record)
) STRICT, WITHOUT ROWID;
