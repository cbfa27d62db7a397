-- Counting one course anew reads that course alone. From the view over all courses SQLite reads every answer of the
-- clinic first, and a session that is moved or taken out waited for that.

DROP TRIGGER summary_session_removed;
DROP TRIGGER summary_session_moved;
DROP TRIGGER summary_form_moved;
DROP TRIGGER summary_response_moved;
DROP TRIGGER summary_dyad_arrives;
DROP VIEW therapist_month_anew;
DROP VIEW course_month_anew;

-- What each session and each question adds to its month.
CREATE VIEW course_share AS
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
  FROM alert_outcome;

-- The summary from the answers, whenever it is wanted anew; what is kept must equal it.
CREATE VIEW course_month_anew AS
  SELECT dyad_id, month, sum(sessions) AS sessions, sum(offered) AS offered, sum(back) AS back, sum(answers) AS answers,
    sum(points) AS points, sum(squares) AS squares, sum(asked) AS asked, sum(ordinary) AS ordinary,
    sum(talked) AS talked, sum(timed) AS timed, sum(talk_days) AS talk_days, sum(repaired) AS repaired,
    sum(waiting) AS waiting, sum(unresolved) AS unresolved
  FROM course_share GROUP BY dyad_id, month;

CREATE VIEW therapist_month_anew AS
  SELECT d.therapist_id, m.month,
    sum(m.sessions) AS sessions, sum(m.offered) AS offered, sum(m.back) AS back, sum(m.asked) AS asked,
    sum(m.ordinary) AS ordinary, sum(m.talked) AS talked, sum(m.timed) AS timed,
    sum(m.talk_days) AS talk_days, sum(m.repaired) AS repaired, sum(m.waiting) AS waiting,
    sum(m.unresolved) AS unresolved
  FROM course_month_anew AS m JOIN dyad AS d ON d.id = m.dyad_id GROUP BY d.therapist_id, m.month;

-- A course whose id is put into it is counted anew.
CREATE VIEW course_to_count AS SELECT id AS dyad_id FROM dyad;
CREATE TRIGGER summary_course_counted INSTEAD OF INSERT ON course_to_count BEGIN
  DELETE FROM course_month WHERE dyad_id = NEW.dyad_id;
  INSERT INTO course_month
    SELECT dyad_id, month, sum(sessions), sum(offered), sum(back), sum(answers), sum(points), sum(squares), sum(asked),
      sum(ordinary), sum(talked), sum(timed), sum(talk_days), sum(repaired), sum(waiting), sum(unresolved)
    FROM course_share WHERE dyad_id = NEW.dyad_id GROUP BY dyad_id, month;
END;

CREATE TRIGGER summary_session_removed AFTER DELETE ON therapy_session BEGIN
  INSERT INTO course_to_count VALUES (OLD.dyad_id);
END;
CREATE TRIGGER summary_session_moved AFTER UPDATE OF dyad_id, number, held_on ON therapy_session BEGIN
  INSERT INTO course_to_count SELECT OLD.dyad_id UNION SELECT NEW.dyad_id;
END;
CREATE TRIGGER summary_form_moved AFTER UPDATE OF session_id ON invitation BEGIN
  INSERT INTO course_to_count
    SELECT DISTINCT dyad_id FROM therapy_session WHERE id IN (OLD.session_id, NEW.session_id);
END;
CREATE TRIGGER summary_response_moved AFTER UPDATE OF session_id ON response BEGIN
  INSERT INTO course_to_count
    SELECT DISTINCT dyad_id FROM therapy_session WHERE id IN (OLD.session_id, NEW.session_id);
END;
CREATE TRIGGER summary_dyad_arrives AFTER UPDATE OF therapist_id ON dyad BEGIN
  INSERT INTO course_to_count VALUES (NEW.id);
END;
