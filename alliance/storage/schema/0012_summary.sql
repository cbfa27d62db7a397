-- What overviews read instead of every answer, kept by the triggers below in the transaction that changes an answer,
-- a session or a question. Everything is filed under the month in which its session was held.

CREATE TABLE course_month (
  dyad_id    INTEGER NOT NULL REFERENCES dyad,
  month      TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'),
  sessions   INTEGER NOT NULL DEFAULT 0 CHECK (sessions >= 0),    -- held
  offered    INTEGER NOT NULL DEFAULT 0 CHECK (offered >= 0),     -- with a form, by whatever way
  back       INTEGER NOT NULL DEFAULT 0 CHECK (back >= 0),        -- answered, held back or not
  answers    INTEGER NOT NULL DEFAULT 0 CHECK (answers >= 0),     -- with an alliance score
  points     INTEGER NOT NULL DEFAULT 0 CHECK (points >= 0),      -- their sum, in hundredths: exact in any order
  squares    INTEGER NOT NULL DEFAULT 0 CHECK (squares >= 0),     -- the sum of their squares
  asked      INTEGER NOT NULL DEFAULT 0 CHECK (asked >= 0),       -- questions, each once: see alert_outcome
  ordinary   INTEGER NOT NULL DEFAULT 0 CHECK (ordinary >= 0),    -- of these found to be ordinary sessions
  talked     INTEGER NOT NULL DEFAULT 0 CHECK (talked >= 0),      -- talked about
  timed      INTEGER NOT NULL DEFAULT 0 CHECK (timed >= 0),       -- talked about in a known session
  talk_days  INTEGER NOT NULL DEFAULT 0 CHECK (talk_days >= 0),   -- over these, days from question to talk
  repaired   INTEGER NOT NULL DEFAULT 0 CHECK (repaired >= 0),    -- repaired
  waiting    INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),     -- still open
  unresolved INTEGER NOT NULL DEFAULT 0 CHECK (unresolved >= 0),  -- of these open too long
  PRIMARY KEY (dyad_id, month)
) STRICT, WITHOUT ROWID;

-- The same over all of a therapist’s dyads, as far as a page shows it at any time; it knows no score.
CREATE TABLE therapist_month (
  therapist_id INTEGER NOT NULL REFERENCES staff,
  month      TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'),
  sessions   INTEGER NOT NULL DEFAULT 0 CHECK (sessions >= 0),    -- held
  offered    INTEGER NOT NULL DEFAULT 0 CHECK (offered >= 0),     -- with a form, by whatever way
  back       INTEGER NOT NULL DEFAULT 0 CHECK (back >= 0),        -- answered, held back or not
  asked      INTEGER NOT NULL DEFAULT 0 CHECK (asked >= 0),       -- questions, each once: see alert_outcome
  ordinary   INTEGER NOT NULL DEFAULT 0 CHECK (ordinary >= 0),    -- of these found to be ordinary sessions
  talked     INTEGER NOT NULL DEFAULT 0 CHECK (talked >= 0),      -- talked about
  timed      INTEGER NOT NULL DEFAULT 0 CHECK (timed >= 0),       -- talked about in a known session
  talk_days  INTEGER NOT NULL DEFAULT 0 CHECK (talk_days >= 0),   -- over these, days from question to talk
  repaired   INTEGER NOT NULL DEFAULT 0 CHECK (repaired >= 0),    -- repaired
  waiting    INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),     -- still open
  unresolved INTEGER NOT NULL DEFAULT 0 CHECK (unresolved >= 0),  -- of these open too long
  PRIMARY KEY (therapist_id, month)
) STRICT, WITHOUT ROWID;

-- What came of each question, for counting. A question that a stronger one replaced is counted once, as that one.
CREATE VIEW alert_outcome AS
  SELECT a.dyad_id, substr(s.held_on, 1, 7) AS month, 1 AS asked, a.status = 'ordinary' AS ordinary,
    a.talked_number IS NOT NULL OR a.status = 'talked' AS talked, t.id IS NOT NULL AS timed,
    CASE WHEN t.id IS NULL THEN 0
      ELSE max(0, CAST(julianday(t.held_on) - julianday(substr(a.raised_at, 1, 10)) AS INTEGER)) END AS talk_days,
    a.status = 'repaired' AS repaired,
    a.status IN ('new', 'seen', 'later', 'talked', 'recovering', 'unresolved') AS waiting,
    a.status = 'unresolved' AS unresolved
  FROM alert AS a JOIN therapy_session AS s ON s.id = a.session_id
    LEFT JOIN therapy_session AS t ON t.dyad_id = a.dyad_id AND t.number = a.talked_number
  WHERE a.audience = 'both' AND a.status NOT IN ('withdrawn', 'raised');

-- The summary from the answers, whenever it is wanted anew; what is kept must equal it.
CREATE VIEW course_month_anew AS
  SELECT dyad_id, month, sum(sessions) AS sessions, sum(offered) AS offered, sum(back) AS back, sum(answers) AS answers,
    sum(points) AS points, sum(squares) AS squares, sum(asked) AS asked, sum(ordinary) AS ordinary,
    sum(talked) AS talked, sum(timed) AS timed, sum(talk_days) AS talk_days, sum(repaired) AS repaired,
    sum(waiting) AS waiting, sum(unresolved) AS unresolved
  FROM (
    SELECT s.dyad_id, substr(s.held_on, 1, 7) AS month, 1 AS sessions,
      EXISTS (SELECT 1 FROM invitation AS i WHERE i.session_id = s.id) AS offered, r.id IS NOT NULL AS back,
      c.value IS NOT NULL AS answers, coalesce(CAST(round(c.value * 100) AS INTEGER), 0) AS points,
      coalesce(CAST(round(c.value * 100) AS INTEGER) * CAST(round(c.value * 100) AS INTEGER), 0) AS squares,
      0 AS asked, 0 AS ordinary, 0 AS talked, 0 AS timed, 0 AS talk_days, 0 AS repaired,
      0 AS waiting, 0 AS unresolved
    FROM therapy_session AS s LEFT JOIN response AS r ON r.session_id = s.id
      LEFT JOIN score AS c ON c.response_id = r.id AND c.scale = 'alliance'
    UNION ALL
    SELECT dyad_id, month, 0, 0, 0, 0, 0, 0, asked, ordinary, talked, timed, talk_days, repaired, waiting, unresolved
    FROM alert_outcome)
  GROUP BY dyad_id, month;

CREATE VIEW therapist_month_anew AS
  SELECT d.therapist_id, m.month,
    sum(m.sessions) AS sessions, sum(m.offered) AS offered, sum(m.back) AS back, sum(m.asked) AS asked,
    sum(m.ordinary) AS ordinary, sum(m.talked) AS talked, sum(m.timed) AS timed,
    sum(m.talk_days) AS talk_days, sum(m.repaired) AS repaired, sum(m.waiting) AS waiting,
    sum(m.unresolved) AS unresolved
  FROM course_month_anew AS m JOIN dyad AS d ON d.id = m.dyad_id GROUP BY d.therapist_id, m.month;

INSERT INTO course_month SELECT * FROM course_month_anew;
INSERT INTO therapist_month SELECT * FROM therapist_month_anew;

-- Sessions.
CREATE TRIGGER summary_session_added AFTER INSERT ON therapy_session BEGIN
  INSERT INTO course_month (dyad_id, month, sessions) VALUES (NEW.dyad_id, substr(NEW.held_on, 1, 7), 1)
    ON CONFLICT (dyad_id, month) DO UPDATE SET sessions = sessions + 1;
END;
CREATE TRIGGER summary_session_removed AFTER DELETE ON therapy_session BEGIN
  DELETE FROM course_month WHERE dyad_id IN (OLD.dyad_id);
  INSERT INTO course_month SELECT * FROM course_month_anew WHERE dyad_id IN (OLD.dyad_id);
END;
CREATE TRIGGER summary_session_moved AFTER UPDATE OF dyad_id, number, held_on ON therapy_session BEGIN
  DELETE FROM course_month WHERE dyad_id IN (OLD.dyad_id, NEW.dyad_id);
  INSERT INTO course_month SELECT * FROM course_month_anew WHERE dyad_id IN (OLD.dyad_id, NEW.dyad_id);
END;

-- Forms: the first one offered for a session, and the response that counts.
CREATE TRIGGER summary_form_offered AFTER INSERT ON invitation
  WHEN NOT EXISTS (SELECT 1 FROM invitation AS i WHERE i.session_id = NEW.session_id AND i.id <> NEW.id) BEGIN
  UPDATE course_month SET offered = offered + 1
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM therapy_session AS s
    WHERE s.id = NEW.session_id);
END;
CREATE TRIGGER summary_form_taken_back AFTER DELETE ON invitation
  WHEN NOT EXISTS (SELECT 1 FROM invitation AS i WHERE i.session_id = OLD.session_id) BEGIN
  UPDATE course_month SET offered = offered - 1
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM therapy_session AS s
    WHERE s.id = OLD.session_id);
END;
CREATE TRIGGER summary_response_added AFTER INSERT ON response BEGIN
  UPDATE course_month SET back = back + 1
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM therapy_session AS s
    WHERE s.id = NEW.session_id);
END;
CREATE TRIGGER summary_response_removed AFTER DELETE ON response BEGIN
  UPDATE course_month SET back = back - 1
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM therapy_session AS s
    WHERE s.id = OLD.session_id);
END;
CREATE TRIGGER summary_form_moved AFTER UPDATE OF session_id ON invitation BEGIN
  DELETE FROM course_month WHERE dyad_id IN (
    SELECT dyad_id FROM therapy_session WHERE id IN (OLD.session_id, NEW.session_id));
  INSERT INTO course_month SELECT * FROM course_month_anew WHERE dyad_id IN (
    SELECT dyad_id FROM therapy_session WHERE id IN (OLD.session_id, NEW.session_id));
END;
CREATE TRIGGER summary_response_moved AFTER UPDATE OF session_id ON response BEGIN
  DELETE FROM course_month WHERE dyad_id IN (
    SELECT dyad_id FROM therapy_session WHERE id IN (OLD.session_id, NEW.session_id));
  INSERT INTO course_month SELECT * FROM course_month_anew WHERE dyad_id IN (
    SELECT dyad_id FROM therapy_session WHERE id IN (OLD.session_id, NEW.session_id));
END;

-- Alliance scores.
CREATE TRIGGER summary_score_added AFTER INSERT ON score WHEN NEW.scale = 'alliance' AND NEW.value IS NOT NULL BEGIN
  UPDATE course_month SET answers = answers + 1, points = points + CAST(round(NEW.value * 100) AS INTEGER),
    squares = squares + CAST(round(NEW.value * 100) AS INTEGER) * CAST(round(NEW.value * 100) AS INTEGER)
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM response AS r
    JOIN therapy_session AS s ON s.id = r.session_id WHERE r.id = NEW.response_id);
END;
CREATE TRIGGER summary_score_removed AFTER DELETE ON score WHEN OLD.scale = 'alliance' AND OLD.value IS NOT NULL BEGIN
  UPDATE course_month SET answers = answers - 1, points = points - CAST(round(OLD.value * 100) AS INTEGER),
    squares = squares - CAST(round(OLD.value * 100) AS INTEGER) * CAST(round(OLD.value * 100) AS INTEGER)
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM response AS r
    JOIN therapy_session AS s ON s.id = r.session_id WHERE r.id = OLD.response_id);
END;
CREATE TRIGGER summary_score_was AFTER UPDATE ON score WHEN OLD.scale = 'alliance' AND OLD.value IS NOT NULL BEGIN
  UPDATE course_month SET answers = answers - 1, points = points - CAST(round(OLD.value * 100) AS INTEGER),
    squares = squares - CAST(round(OLD.value * 100) AS INTEGER) * CAST(round(OLD.value * 100) AS INTEGER)
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM response AS r
    JOIN therapy_session AS s ON s.id = r.session_id WHERE r.id = OLD.response_id);
END;
CREATE TRIGGER summary_score_is AFTER UPDATE ON score WHEN NEW.scale = 'alliance' AND NEW.value IS NOT NULL BEGIN
  UPDATE course_month SET answers = answers + 1, points = points + CAST(round(NEW.value * 100) AS INTEGER),
    squares = squares + CAST(round(NEW.value * 100) AS INTEGER) * CAST(round(NEW.value * 100) AS INTEGER)
  WHERE (dyad_id, month) = (SELECT s.dyad_id, substr(s.held_on, 1, 7) FROM response AS r
    JOIN therapy_session AS s ON s.id = r.session_id WHERE r.id = NEW.response_id);
END;

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

-- What changes for a dyad changes for its therapist.
CREATE TRIGGER summary_month_added AFTER INSERT ON course_month BEGIN
  INSERT INTO therapist_month (therapist_id, month,
    sessions, offered, back, asked, ordinary, talked, timed, talk_days, repaired, waiting, unresolved)
  VALUES ((SELECT therapist_id FROM dyad WHERE id = NEW.dyad_id), NEW.month,
    NEW.sessions, NEW.offered, NEW.back, NEW.asked, NEW.ordinary, NEW.talked, NEW.timed, NEW.talk_days,
    NEW.repaired, NEW.waiting, NEW.unresolved)
  ON CONFLICT (therapist_id, month) DO UPDATE SET
      sessions = sessions + excluded.sessions, offered = offered + excluded.offered,
      back = back + excluded.back, asked = asked + excluded.asked,
      ordinary = ordinary + excluded.ordinary, talked = talked + excluded.talked,
      timed = timed + excluded.timed, talk_days = talk_days + excluded.talk_days,
      repaired = repaired + excluded.repaired, waiting = waiting + excluded.waiting,
      unresolved = unresolved + excluded.unresolved;
END;
CREATE TRIGGER summary_month_changed AFTER UPDATE ON course_month BEGIN
  UPDATE therapist_month SET
    sessions = sessions + NEW.sessions - OLD.sessions, offered = offered + NEW.offered - OLD.offered,
    back = back + NEW.back - OLD.back, asked = asked + NEW.asked - OLD.asked,
    ordinary = ordinary + NEW.ordinary - OLD.ordinary, talked = talked + NEW.talked - OLD.talked,
    timed = timed + NEW.timed - OLD.timed, talk_days = talk_days + NEW.talk_days - OLD.talk_days,
    repaired = repaired + NEW.repaired - OLD.repaired, waiting = waiting + NEW.waiting - OLD.waiting,
    unresolved = unresolved + NEW.unresolved - OLD.unresolved
  WHERE therapist_id = (SELECT therapist_id FROM dyad WHERE id = NEW.dyad_id) AND month = NEW.month;
END;
CREATE TRIGGER summary_month_removed AFTER DELETE ON course_month BEGIN
  UPDATE therapist_month SET
    sessions = sessions - OLD.sessions, offered = offered - OLD.offered, back = back - OLD.back,
    asked = asked - OLD.asked, ordinary = ordinary - OLD.ordinary, talked = talked - OLD.talked,
    timed = timed - OLD.timed, talk_days = talk_days - OLD.talk_days, repaired = repaired - OLD.repaired,
    waiting = waiting - OLD.waiting, unresolved = unresolved - OLD.unresolved
  WHERE therapist_id = (SELECT therapist_id FROM dyad WHERE id = OLD.dyad_id) AND month = OLD.month;
END;
CREATE TRIGGER summary_dyad_removed BEFORE DELETE ON dyad BEGIN
  DELETE FROM course_month WHERE dyad_id = OLD.id;
END;
CREATE TRIGGER summary_dyad_leaves BEFORE UPDATE OF therapist_id ON dyad BEGIN
  DELETE FROM course_month WHERE dyad_id = OLD.id;
END;
CREATE TRIGGER summary_dyad_arrives AFTER UPDATE OF therapist_id ON dyad BEGIN
  INSERT INTO course_month SELECT * FROM course_month_anew WHERE dyad_id = NEW.id;
END;

-- What a supervisor looks at first is found without looking at every answer.
CREATE INDEX alert_open ON alert (dyad_id)
  WHERE status IN ('new', 'seen', 'later', 'talked', 'recovering', 'unresolved');
CREATE INDEX response_asking_for_help ON response (session_id) WHERE wants_help = 1;
CREATE INDEX response_held_back ON response (session_id) WHERE audience = 'supervisor';

-- Alliance figures of closed months, as supervisors see them. A month is settled once and stays as it is, whatever
-- comes later: else one late answer could be read off the difference. What may not be shown is not here.
CREATE TABLE settled (
  month            TEXT PRIMARY KEY CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'),
  settled_at       TEXT NOT NULL,
  patient_variance REAL NOT NULL CHECK (patient_variance >= 0),
  session_variance REAL NOT NULL CHECK (session_variance >= 0)
) STRICT;

CREATE TABLE settled_month (
  therapist_id INTEGER NOT NULL REFERENCES staff,
  month        TEXT NOT NULL REFERENCES settled,
  patients     INTEGER NOT NULL CHECK (patients >= 5),
  answers      INTEGER NOT NULL CHECK (answers >= 10),
  mean         REAL NOT NULL CHECK (mean BETWEEN 0 AND 100),
  variance     REAL NOT NULL CHECK (variance > 0),          -- of the error of the mean
  PRIMARY KEY (therapist_id, month)
) STRICT, WITHOUT ROWID;

-- The settled months of the twelve up to this one, taken together.
CREATE TABLE settled_year (
  upto         TEXT NOT NULL REFERENCES settled,
  therapist_id INTEGER NOT NULL REFERENCES staff,
  patients     INTEGER NOT NULL CHECK (patients >= 5),
  answers      INTEGER NOT NULL CHECK (answers >= 10),
  mean         REAL NOT NULL CHECK (mean BETWEEN 0 AND 100),
  variance     REAL NOT NULL CHECK (variance > 0),
  PRIMARY KEY (upto, therapist_id)
) STRICT, WITHOUT ROWID;
