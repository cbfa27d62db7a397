-- Who somebody is: wrong guesses are counted, a second step follows the password, and passkeys do both at once.

-- Wrong passwords and codes in a row. `bucket` is a keyed hash of what is counted for: an address as it was typed,
-- whether anybody has it or not; one browser with one account; one account over all browsers that are not known.
CREATE TABLE wrong_guess (
  bucket  BLOB PRIMARY KEY CHECK (length(bucket) = 32),
  kind    TEXT NOT NULL CHECK (kind IN ('address', 'browser', 'code', 'confirm', 'account')),
  in_row  INTEGER NOT NULL CHECK (in_row BETWEEN 1 AND 100),
  last_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Browsers in which somebody has come in with everything that is asked: what others guess elsewhere does not keep
-- its owner out here. The token opens nothing.
CREATE TABLE known_browser (
  token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
  staff_id   INTEGER NOT NULL REFERENCES staff,
  last_at    TEXT NOT NULL,
  PRIMARY KEY (token_hash, staff_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX known_browser_of_staff ON known_browser (staff_id);

-- The authenticator app of one member of staff. No code of the half minute `last_step`, or of one before, works again,
-- whatever the clock says.
CREATE TABLE totp (
  id        INTEGER PRIMARY KEY REFERENCES staff,
  secret    BLOB NOT NULL,                              -- encrypted
  last_step INTEGER NOT NULL CHECK (last_step >= 0),
  since     TEXT NOT NULL
) STRICT;

CREATE TABLE recovery_code (
  code_hash BLOB PRIMARY KEY CHECK (length(code_hash) = 32),
  staff_id  INTEGER NOT NULL REFERENCES staff,
  made_at   TEXT NOT NULL,
  used_at   TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_code_of_staff ON recovery_code (staff_id);

CREATE TABLE passkey (
  id            INTEGER PRIMARY KEY,
  staff_id      INTEGER NOT NULL REFERENCES staff,
  credential_id BLOB NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
  public_key    BLOB NOT NULL,
  sign_count    INTEGER NOT NULL CHECK (sign_count >= 0),
  name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  added_at      TEXT NOT NULL,
  last_used_at  TEXT
) STRICT;
CREATE INDEX passkey_of_staff ON passkey (staff_id);

-- Challenges are signed and end by themselves; one that was answered is kept until then, so that it is not again.
CREATE TABLE answered_challenge (
  challenge_hash BLOB PRIMARY KEY CHECK (length(challenge_hash) = 32),
  expires_at     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A second step that was taken away may be set up anew until then; NULL is without limit.
ALTER TABLE staff ADD COLUMN enrol_until TEXT;

-- A session is half until the second step is done. One that idled is locked: the password alone opens it again.
ALTER TABLE web_session ADD COLUMN half INTEGER NOT NULL DEFAULT 0 CHECK (half IN (0, 1));
ALTER TABLE web_session ADD COLUMN locked_at TEXT;
ALTER TABLE web_session ADD COLUMN confirmed_at TEXT;
ALTER TABLE web_session ADD COLUMN browser TEXT NOT NULL DEFAULT '' CHECK (length(browser) <= 60);
