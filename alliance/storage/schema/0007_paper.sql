-- Forms on paper, typed in twice; and answers of which somebody says that they are not theirs.

-- `number` is printed on the form and is all that it says about whom it concerns.
CREATE TABLE paper_form (
  invitation_id INTEGER PRIMARY KEY REFERENCES invitation,
  number        TEXT NOT NULL UNIQUE CHECK (length(number) = 8),
  closed_at     TEXT                                    -- typed in, twice and alike: nothing is left to do
) STRICT;

-- Turn 1 and 2 are typed from the paper; 3 is what was decided where these two differed. Who typed stays;
-- what was typed goes once the form is closed, and is then among the attempts.
CREATE TABLE paper_entry (
  invitation_id INTEGER NOT NULL REFERENCES paper_form,
  turn          INTEGER NOT NULL CHECK (turn IN (1, 2, 3)),
  staff_id      INTEGER NOT NULL REFERENCES staff,
  typed_at      TEXT NOT NULL,
  attempt_id    TEXT NOT NULL,                          -- of the page, so that sending it twice counts once
  body          BLOB,                                   -- encrypted
  PRIMARY KEY (invitation_id, turn)
) STRICT, WITHOUT ROWID;

-- Said through a link, at most once for a response, which stays as it is.
CREATE TABLE dispute (
  response_id   INTEGER PRIMARY KEY REFERENCES response,
  invitation_id INTEGER NOT NULL REFERENCES invitation,
  said_at       TEXT NOT NULL
) STRICT;
