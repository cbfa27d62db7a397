-- The therapist's own view of a session, how far answers have been shown, and what a patient let be released.
CREATE TABLE own_view (
  session_id   INTEGER NOT NULL REFERENCES therapy_session,
  therapist_id INTEGER NOT NULL REFERENCES staff,
  instrument   TEXT NOT NULL,
  version      TEXT NOT NULL,
  given_at     TEXT NOT NULL,
  ratings      TEXT NOT NULL,                           -- JSON, by item; what was left out is not there
  noticed      TEXT CHECK (noticed IN ('no', 'yes')),   -- a moment of tension; NULL if left out
  PRIMARY KEY (session_id, therapist_id)
) STRICT, WITHOUT ROWID;

-- A view that can be changed once the answers are known is no view of one's own.
CREATE TRIGGER own_view_no_update BEFORE UPDATE ON own_view
  BEGIN SELECT RAISE(ABORT, 'an own view stays as it was given'); END;
CREATE TRIGGER own_view_no_replace BEFORE INSERT ON own_view WHEN EXISTS
  (SELECT 1 FROM own_view WHERE session_id = NEW.session_id AND therapist_id = NEW.therapist_id)
  BEGIN SELECT RAISE(ABORT, 'an own view stays as it was given'); END;

-- Up to when the answers that had come were on pages that the dyad's therapist opened, and how many there were:
-- with the same number nothing new has been shown.
CREATE TABLE course_shown (
  dyad_id  INTEGER PRIMARY KEY REFERENCES dyad,
  shown_at TEXT NOT NULL,
  answers  INTEGER NOT NULL CHECK (answers >= 0)
) STRICT;

-- Covered answers that the therapist asked to see without an own view.
CREATE TABLE shown_uncovered (
  session_id   INTEGER NOT NULL REFERENCES therapy_session,
  therapist_id INTEGER NOT NULL REFERENCES staff,
  shown_at     TEXT NOT NULL,
  PRIMARY KEY (session_id, therapist_id)
) STRICT, WITHOUT ROWID;

-- Who wants to be asked for their own view first, and since when: what came before is not covered.
CREATE TABLE own_view_first (
  staff_id INTEGER PRIMARY KEY REFERENCES staff,
  since    TEXT NOT NULL
) STRICT;

-- Responses that were held back until the patient said that the therapist may see them.
CREATE TABLE released_response (
  response_id INTEGER PRIMARY KEY REFERENCES response,
  released_by INTEGER NOT NULL REFERENCES staff,
  released_at TEXT NOT NULL
) STRICT;
