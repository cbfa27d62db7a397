-- Sessions that a therapist's calendar told of: which entry each came from, by a fingerprint of its name there, and
-- what the calendar says since of a session that something hangs on already.
CREATE TABLE appointment (
  session_id INTEGER PRIMARY KEY REFERENCES therapy_session,
  entry      BLOB NOT NULL UNIQUE CHECK (length(entry) = 32),
  starts_at  TEXT NOT NULL,
  told       TEXT CHECK (told IN ('moved', 'cancelled')),
  told_day   TEXT,
  CHECK (told_day IS NULL OR told = 'moved')
) STRICT;
