-- Tablets of the clinic, and the codes that open one questionnaire on one of them. No name of a person is kept here.
CREATE TABLE kiosk_device (
  id           INTEGER PRIMARY KEY,
  name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  pin_hash     TEXT NOT NULL,                           -- argon2id
  setup_hash   BLOB UNIQUE CHECK (length(setup_hash) = 32),
  setup_until  TEXT,
  token_hash   BLOB UNIQUE CHECK (length(token_hash) = 32),   -- NULL while no tablet carries it
  added_at     TEXT NOT NULL,
  last_used_at TEXT,
  revoked_at   TEXT,
  CHECK ((setup_hash IS NULL) = (setup_until IS NULL)),
  CHECK (revoked_at IS NULL OR (token_hash IS NULL AND setup_hash IS NULL))
) STRICT;
CREATE UNIQUE INDEX kiosk_device_name ON kiosk_device (name COLLATE NOCASE) WHERE revoked_at IS NULL;

-- How many wrong codes or PINs a tablet was given, since when.
CREATE TABLE kiosk_wrong (
  device_id INTEGER NOT NULL REFERENCES kiosk_device,
  what      TEXT NOT NULL CHECK (what IN ('code', 'pin')),
  count     INTEGER NOT NULL CHECK (count > 0),
  since     TEXT NOT NULL,
  PRIMARY KEY (device_id, what)
) STRICT, WITHOUT ROWID;

CREATE TABLE kiosk_code (
  id            INTEGER PRIMARY KEY,
  device_id     INTEGER NOT NULL REFERENCES kiosk_device,
  invitation_id INTEGER NOT NULL UNIQUE REFERENCES invitation,
  code_hash     BLOB NOT NULL UNIQUE CHECK (length(code_hash) = 32),   -- keyed: a code alone is too short to hide
  made_at       TEXT NOT NULL,
  expires_at    TEXT NOT NULL,
  used_at       TEXT
) STRICT;
CREATE INDEX kiosk_code_of_device ON kiosk_code (device_id);
