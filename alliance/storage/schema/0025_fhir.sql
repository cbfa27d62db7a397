-- Tokens with which another system reads one therapist's records over FHIR. A token is shown once; only its hash stays.
CREATE TABLE fhir_token (
  id           INTEGER PRIMARY KEY,
  staff_id     INTEGER NOT NULL REFERENCES staff,
  name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  token_hash   BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  scopes       TEXT NOT NULL CHECK (length(scopes) > 0),  -- names, one space between two
  made_at      TEXT NOT NULL,
  expires_at   TEXT NOT NULL CHECK (expires_at > made_at),
  last_used_at TEXT,
  ended_at     TEXT,
  refused_at   TEXT                                       -- when it was first tried after its end
) STRICT;
CREATE INDEX fhir_token_of_staff ON fhir_token (staff_id);
