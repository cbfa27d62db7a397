-- Where a patient may be written to, and each message that went there.

-- What a patient said when asked whether e-mail is safe, once for each time it was asked, in each dyad. The newest
-- counts; the address is wiped from a row when the next one replaces it or the patient wants no more.
CREATE TABLE contact (
  id        INTEGER PRIMARY KEY,
  dyad_id   INTEGER NOT NULL REFERENCES dyad,
  address   BLOB,                                       -- encrypted
  reminders INTEGER NOT NULL CHECK (reminders IN (0, 1)),
  asked_on  TEXT NOT NULL,                              -- the day, at the clinic
  ended_at  TEXT,
  ended_by  TEXT CHECK (ended_by IN ('therapist', 'link', 'asked again')),
  failed_at TEXT,
  failure   TEXT CHECK (length(failure) BETWEEN 1 AND 40),   -- a code, never the words of a server
  CHECK ((address IS NULL) = (ended_at IS NOT NULL)),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
  CHECK ((failed_at IS NULL) = (failure IS NULL))
) STRICT;
CREATE UNIQUE INDEX contact_of_dyad ON contact (dyad_id) WHERE ended_at IS NULL;
CREATE INDEX contact_by_dyad ON contact (dyad_id);

-- One row before each message, so that no crash and no second process can send it twice.
CREATE TABLE mail (
  id            INTEGER PRIMARY KEY,
  contact_id    INTEGER NOT NULL REFERENCES contact,
  session_id    INTEGER NOT NULL REFERENCES therapy_session,
  kind          TEXT NOT NULL CHECK (kind IN ('invitation', 'reminder')),
  invitation_id INTEGER REFERENCES invitation,          -- NULL where the link reached nobody
  message_id    TEXT NOT NULL UNIQUE CHECK (length(message_id) > 2),
  stop_hash     BLOB NOT NULL UNIQUE CHECK (length(stop_hash) = 32),
  state         TEXT NOT NULL CHECK (state IN
                ('sending', 'sent', 'later', 'refused', 'given up', 'bounced', 'unknown')),
  first_at      TEXT NOT NULL,
  last_at       TEXT NOT NULL,
  failure       TEXT CHECK (length(failure) BETWEEN 1 AND 40),
  UNIQUE (session_id, kind)
) STRICT;
CREATE INDEX mail_of_contact ON mail (contact_id);
CREATE INDEX mail_of_invitation ON mail (invitation_id);
CREATE INDEX mail_in_state ON mail (state);

-- It was never filled; addresses have one place only.
ALTER TABLE patient DROP COLUMN contact;
