-- The ledger of a question: each step on the way from rupture to repair, and questions that rest for a while.

-- SQLite cannot change a CHECK, so the table is made anew. `status` is what the steps lead to, kept with each of them.
-- The triggers and indexes of the old table go with it; all of them come back below.
CREATE TABLE alert_was AS SELECT * FROM alert;
DROP VIEW alert_outcome;
DROP TABLE alert;
CREATE TABLE alert (
  id            INTEGER PRIMARY KEY,
  dyad_id       INTEGER NOT NULL REFERENCES dyad,
  session_id    INTEGER NOT NULL REFERENCES therapy_session,
  audience      TEXT NOT NULL CHECK (audience IN ('both', 'supervisor')),
  level         TEXT NOT NULL CHECK (level IN ('keep', 'ask')),
  rules         TEXT NOT NULL,                          -- JSON
  factors       TEXT NOT NULL,                          -- JSON
  sentence      TEXT NOT NULL CHECK (length(sentence) > 0),
  status        TEXT NOT NULL CHECK (status IN ('new', 'seen', 'later', 'talked', 'recovering', 'unresolved',
                'repaired', 'closed', 'ordinary', 'raised', 'withdrawn')),
  raised_at     TEXT NOT NULL,
  UNIQUE (session_id, audience)
) STRICT;
INSERT INTO alert SELECT id, dyad_id, session_id, audience, level, rules, factors, sentence, status, raised_at
  FROM alert_was;
CREATE INDEX alert_of_dyad ON alert (dyad_id, status);
CREATE INDEX alert_open ON alert (dyad_id)
  WHERE status IN ('new', 'seen', 'later', 'talked', 'recovering', 'unresolved');

CREATE TABLE alert_step (
  alert_id    INTEGER NOT NULL REFERENCES alert,
  turn        INTEGER NOT NULL CHECK (turn > 0),
  kind        TEXT NOT NULL CHECK (kind IN ('seen', 'later', 'talked', 'ordinary', 'closed', 'reopened',
              'recovering', 'slipped', 'unresolved', 'repaired', 'raised', 'withdrawn', 'renewed')),
  at          TEXT NOT NULL,
  staff_id    INTEGER REFERENCES staff,                 -- NULL: the answers decided
  number      INTEGER CHECK (number > 0),               -- the session whose answers decided, or of the talk
  happened_on TEXT,                                     -- the day of that session, or of the talk
  how         TEXT CHECK (how IN ('asked', 'brought-up', 'passing', 'supervised', 'unsaid')),
  found       TEXT CHECK (found IN ('between', 'unsure')),
  reason      TEXT CHECK (length(reason) BETWEEN 1 AND 40),
  words       BLOB,                                     -- encrypted
  PRIMARY KEY (alert_id, turn),
  CHECK ((staff_id IS NOT NULL) = (kind IN ('seen', 'later', 'talked', 'ordinary', 'closed', 'reopened'))),
  CHECK ((kind = 'talked') = (how IS NOT NULL) AND (kind = 'talked') = (found IS NOT NULL)),
  CHECK ((kind IN ('ordinary', 'closed')) = (reason IS NOT NULL)),
  CHECK (reason <> 'other' OR words IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_step_found ON alert_step (kind, alert_id) WHERE kind IN ('talked', 'ordinary', 'reopened');

-- What was said of a question before there was a ledger, as its first steps.
INSERT INTO alert_step (alert_id, turn, kind, at, staff_id, number, happened_on, how, found, reason)
SELECT id, row_number() OVER (PARTITION BY id ORDER BY place), kind, at, staff_id, number, happened_on, how, found, reason
FROM (
  SELECT a.id, 1 AS place, 'seen' AS kind, a.seen_at AS at, d.therapist_id AS staff_id, NULL AS number,
    NULL AS happened_on, NULL AS how, NULL AS found, NULL AS reason
  FROM alert_was AS a JOIN dyad AS d ON d.id = a.dyad_id WHERE a.seen_at IS NOT NULL
  UNION ALL
  SELECT a.id, 2, 'talked', coalesce(a.seen_at, a.raised_at), d.therapist_id, a.talked_number, s.held_on, 'unsaid',
    CASE WHEN a.confirmed = 1 THEN 'between' ELSE 'unsure' END, NULL
  FROM alert_was AS a JOIN dyad AS d ON d.id = a.dyad_id
    LEFT JOIN therapy_session AS s ON s.dyad_id = a.dyad_id AND s.number = a.talked_number
  WHERE a.status = 'talked' OR a.talked_number IS NOT NULL OR a.confirmed = 1
  UNION ALL
  SELECT a.id, 3, 'later', coalesce(a.seen_at, a.raised_at), d.therapist_id, NULL, NULL, NULL, NULL, NULL
  FROM alert_was AS a JOIN dyad AS d ON d.id = a.dyad_id WHERE a.status = 'later'
  UNION ALL
  SELECT a.id, 4, 'ordinary', coalesce(a.closed_at, a.raised_at), d.therapist_id, NULL, NULL, NULL, NULL, 'ordinary'
  FROM alert_was AS a JOIN dyad AS d ON d.id = a.dyad_id WHERE a.status = 'ordinary'
  UNION ALL
  SELECT id, 5, status, coalesce(closed_at, raised_at), NULL, NULL, NULL, NULL, NULL, NULL
  FROM alert_was WHERE status IN ('raised', 'repaired', 'withdrawn'));

-- The talks that count: a “not yet” afterwards takes back what was noted before.
CREATE VIEW alert_talk AS
  SELECT t.alert_id, t.turn, t.number, t.happened_on, t.found FROM alert_step AS t
  WHERE t.kind = 'talked' AND NOT EXISTS (SELECT 1 FROM alert_step AS l
    WHERE l.alert_id = t.alert_id AND l.turn > t.turn AND l.kind = 'later');

-- What came of each question, for counting: as before, but read off its steps.
CREATE VIEW alert_outcome AS
  SELECT dyad_id, month, 1 AS asked, status = 'ordinary' AS ordinary, talked, talked_on IS NOT NULL AS timed,
    CASE WHEN talked_on IS NULL THEN 0
      ELSE max(0, CAST(julianday(talked_on) - julianday(substr(raised_at, 1, 10)) AS INTEGER)) END AS talk_days,
    status = 'repaired' OR status = 'closed' AND coalesce((SELECT r.kind FROM alert_step AS r
      WHERE r.alert_id = id AND r.kind IN ('repaired', 'slipped') ORDER BY r.turn DESC LIMIT 1), '') = 'repaired'
      AS repaired,
    status IN ('new', 'seen', 'later', 'talked', 'recovering', 'unresolved') AS waiting,
    status = 'unresolved' AS unresolved
  FROM (
    SELECT a.id, a.dyad_id, a.status, a.raised_at, substr(s.held_on, 1, 7) AS month,
      EXISTS (SELECT 1 FROM alert_talk AS t WHERE t.alert_id = a.id) AS talked,
      (SELECT min(t.happened_on) FROM alert_talk AS t WHERE t.alert_id = a.id) AS talked_on
    FROM alert AS a JOIN therapy_session AS s ON s.id = a.session_id
    WHERE a.audience = 'both' AND a.status NOT IN ('withdrawn', 'raised'));

-- Questions are few: those of the dyad and month are counted anew.
CREATE TRIGGER summary_question_asked AFTER INSERT ON alert BEGIN
  UPDATE course_month SET (asked, ordinary, talked, timed, talk_days, repaired, waiting, unresolved) = (
      SELECT coalesce(sum(o.asked), 0), coalesce(sum(o.ordinary), 0), coalesce(sum(o.talked), 0),
      coalesce(sum(o.timed), 0), coalesce(sum(o.talk_days), 0), coalesce(sum(o.repaired), 0),
      coalesce(sum(o.waiting), 0), coalesce(sum(o.unresolved), 0)
      FROM alert_outcome AS o WHERE o.dyad_id = course_month.dyad_id AND o.month = course_month.month)
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM therapy_session AS s
    WHERE s.id = NEW.session_id);
END;
CREATE TRIGGER summary_question_moved AFTER UPDATE ON alert BEGIN
  UPDATE course_month SET (asked, ordinary, talked, timed, talk_days, repaired, waiting, unresolved) = (
      SELECT coalesce(sum(o.asked), 0), coalesce(sum(o.ordinary), 0), coalesce(sum(o.talked), 0),
      coalesce(sum(o.timed), 0), coalesce(sum(o.talk_days), 0), coalesce(sum(o.repaired), 0),
      coalesce(sum(o.waiting), 0), coalesce(sum(o.unresolved), 0)
      FROM alert_outcome AS o WHERE o.dyad_id = course_month.dyad_id AND o.month = course_month.month)
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM therapy_session AS s
    WHERE s.id = NEW.session_id);
END;
CREATE TRIGGER summary_question_removed AFTER DELETE ON alert BEGIN
  UPDATE course_month SET (asked, ordinary, talked, timed, talk_days, repaired, waiting, unresolved) = (
      SELECT coalesce(sum(o.asked), 0), coalesce(sum(o.ordinary), 0), coalesce(sum(o.talked), 0),
      coalesce(sum(o.timed), 0), coalesce(sum(o.talk_days), 0), coalesce(sum(o.repaired), 0),
      coalesce(sum(o.waiting), 0), coalesce(sum(o.unresolved), 0)
      FROM alert_outcome AS o WHERE o.dyad_id = course_month.dyad_id AND o.month = course_month.month)
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM therapy_session AS s
    WHERE s.id = OLD.session_id);
END;

-- All is counted anew once: a “not yet” takes back a talk, which the months did not know so far.
DROP TABLE alert_was;
DELETE FROM course_month;
DELETE FROM therapist_month;
INSERT INTO course_month SELECT * FROM course_month_anew;

-- A ledger only grows, REPLACE included. It goes only with its question. Words are sealed anew when keys change.
CREATE TRIGGER alert_step_no_update BEFORE UPDATE ON alert_step
  WHEN (NEW.alert_id, NEW.turn, NEW.kind, NEW.at, NEW.staff_id, NEW.number, NEW.happened_on, NEW.how, NEW.found,
      NEW.reason, NEW.words IS NULL)
    IS NOT (OLD.alert_id, OLD.turn, OLD.kind, OLD.at, OLD.staff_id, OLD.number, OLD.happened_on, OLD.how, OLD.found,
      OLD.reason, OLD.words IS NULL)
  BEGIN SELECT RAISE(ABORT, 'a ledger can only grow'); END;
CREATE TRIGGER alert_step_no_replace BEFORE INSERT ON alert_step WHEN EXISTS
  (SELECT 1 FROM alert_step WHERE alert_id = NEW.alert_id AND turn = NEW.turn)
  BEGIN SELECT RAISE(ABORT, 'a ledger can only grow'); END;

-- A therapist lets the questions about a patient rest until a day. They are asked all the same, and kept.
CREATE TABLE mute (
  id       INTEGER PRIMARY KEY,
  dyad_id  INTEGER NOT NULL REFERENCES dyad,
  staff_id INTEGER NOT NULL REFERENCES staff,
  since    TEXT NOT NULL,
  until    TEXT NOT NULL,                               -- the day on which they are asked again
  reason   TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 40),
  words    BLOB,                                        -- encrypted
  ended_at TEXT,                                        -- by hand, before that day
  CHECK (until > substr(since, 1, 10) AND julianday(until) - julianday(substr(since, 1, 10)) <= 91)
) STRICT;
CREATE INDEX mute_of_dyad ON mute (dyad_id) WHERE ended_at IS NULL;
