-- Priors from the clinic's own past, and what therapists said came of alerts.
-- What the clinic's own past taught the detector. A new one counts for sessions read from then on.
CREATE TABLE clinic_prior (
  id        INTEGER PRIMARY KEY,
  fitted_at TEXT NOT NULL,
  dyads     INTEGER NOT NULL CHECK (dyads >= 0),
  answers   INTEGER NOT NULL CHECK (answers >= 0),
  fitted    TEXT NOT NULL                               -- JSON
) STRICT;

-- The prior that a session was read with, so that a rebuild reads it the same way; NULL is the default.
ALTER TABLE reading ADD COLUMN prior_id INTEGER REFERENCES clinic_prior;

-- Whether the therapist, having asked, found that something was between the two.
ALTER TABLE alert ADD COLUMN confirmed INTEGER CHECK (confirmed IN (0, 1));
