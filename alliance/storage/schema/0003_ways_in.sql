-- More ways to be invited. SQLite cannot change a CHECK, so the table is made anew; what refers to it, by its
-- name, stays as it is.
CREATE TABLE invitation_anew (
  id         INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES therapy_session,
  instrument TEXT NOT NULL,
  version    TEXT NOT NULL,
  language   TEXT NOT NULL,
  channel    TEXT NOT NULL CHECK (channel IN ('link', 'qr', 'slip', 'here', 'kiosk', 'mail', 'paper')),
  token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  claimed_at TEXT
) STRICT;
INSERT INTO invitation_anew (id, session_id, instrument, version, language, channel, token_hash, created_at,
    expires_at, claimed_at)
  SELECT id, session_id, instrument, version, language, channel, token_hash, created_at, expires_at, claimed_at
  FROM invitation;
DROP TABLE invitation;
ALTER TABLE invitation_anew RENAME TO invitation;
CREATE INDEX invitation_of_session ON invitation (session_id);
