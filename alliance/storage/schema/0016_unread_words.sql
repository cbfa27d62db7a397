-- Words to a therapist that the therapist has not had before the eyes yet. Triggers add them, in the transaction in
-- which they come or are let be seen; the page that shows them takes them away.
CREATE TABLE unread_words (
  response_id INTEGER PRIMARY KEY REFERENCES response,
  dyad_id     INTEGER NOT NULL REFERENCES dyad,
  since       TEXT NOT NULL
) STRICT;

CREATE INDEX unread_words_dyad ON unread_words (dyad_id);

CREATE TRIGGER unread_words_come AFTER INSERT ON response
WHEN NEW.comment IS NOT NULL AND NEW.audience = 'both'
BEGIN
  INSERT INTO unread_words (response_id, dyad_id, since)
  SELECT NEW.id, s.dyad_id, NEW.received_at FROM therapy_session AS s WHERE s.id = NEW.session_id;
END;

-- The moment of the release stands in a row that is written after this one.
CREATE TRIGGER unread_words_released AFTER INSERT ON released_response
BEGIN
  INSERT INTO unread_words (response_id, dyad_id, since)
  SELECT r.id, s.dyad_id, NEW.released_at FROM response AS r JOIN therapy_session AS s ON s.id = r.session_id
  WHERE r.id = NEW.response_id AND r.comment IS NOT NULL AND r.audience = 'both';
END;
