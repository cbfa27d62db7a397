-- What a therapist marks on a course: a break, an announced ending, another event. A mark that is removed is kept, with
-- the day. It changes nothing of what is computed.
CREATE TABLE course_mark (
  id         INTEGER PRIMARY KEY,
  dyad_id    INTEGER NOT NULL REFERENCES dyad ON DELETE CASCADE,
  kind       TEXT NOT NULL CHECK (kind IN ('break', 'ending', 'event')),
  starts_on  TEXT NOT NULL,                             -- ending: announced on
  ends_on    TEXT,                                      -- break: back on; ending: the planned last session
  told       BLOB,                                      -- encrypted: which event, and a line of the therapist's
  made_by    INTEGER NOT NULL REFERENCES staff,
  made_at    TEXT NOT NULL,
  removed_at TEXT,
  CHECK (ends_on IS NULL OR ends_on >= starts_on),
  CHECK ((kind = 'event') = (told IS NOT NULL)),
  CHECK (kind <> 'event' OR ends_on IS NULL)
) STRICT;
CREATE INDEX course_mark_of_dyad ON course_mark (dyad_id);
