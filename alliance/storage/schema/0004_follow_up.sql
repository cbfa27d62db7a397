-- What comes after an answer: ticks for what happened, and once a month the sentences about life around therapy.

-- What was offered with which answer. Who may see what came of it is who may see that answer.
CREATE TABLE offer (
  response_id INTEGER NOT NULL REFERENCES response,
  kind        TEXT NOT NULL CHECK (kind IN ('checklist', 'monthly')),
  instrument  TEXT NOT NULL,
  version     TEXT NOT NULL,
  offered_at  TEXT NOT NULL,
  PRIMARY KEY (response_id, kind)
) STRICT, WITHOUT ROWID;

-- What was sent in, encrypted, exactly as it arrived: one of each kind counts, a few more are kept.
CREATE TABLE follow_up (
  id          INTEGER PRIMARY KEY,
  response_id INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  attempt_id  TEXT NOT NULL UNIQUE CHECK (length(attempt_id) BETWEEN 16 AND 64),   -- random, made by the page
  received_at TEXT NOT NULL,
  body        BLOB NOT NULL,
  counted     INTEGER NOT NULL CHECK (counted IN (0, 1)),
  FOREIGN KEY (response_id, kind) REFERENCES offer (response_id, kind)
) STRICT;
CREATE UNIQUE INDEX follow_up_counted ON follow_up (response_id, kind) WHERE counted = 1;
CREATE INDEX follow_up_of_response ON follow_up (response_id, kind);

CREATE TABLE follow_up_tick (
  follow_up_id INTEGER NOT NULL REFERENCES follow_up,
  tick         TEXT NOT NULL CHECK (length(tick) > 0),
  PRIMARY KEY (follow_up_id, tick)
) STRICT, WITHOUT ROWID;

CREATE TABLE follow_up_answer (
  follow_up_id INTEGER NOT NULL REFERENCES follow_up,
  item         TEXT NOT NULL,
  value        INTEGER NOT NULL CHECK (value BETWEEN 0 AND 1000),
  PRIMARY KEY (follow_up_id, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE follow_up_score (
  follow_up_id INTEGER NOT NULL REFERENCES follow_up,
  scale        TEXT NOT NULL,
  value        REAL CHECK (value BETWEEN 0 AND 100),
  reason       TEXT CHECK (reason IN ('not answered', 'too few items', 'too few scales')),
  PRIMARY KEY (follow_up_id, scale),
  CHECK ((value IS NULL) <> (reason IS NULL))
) STRICT, WITHOUT ROWID;
