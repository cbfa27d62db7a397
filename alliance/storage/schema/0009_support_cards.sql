-- The clinic's own versions of the support cards, and forms of which each may add one session.

-- Each row is one change: what somebody wrote, or NULL for going back to the card as it was shipped.
CREATE TABLE support_card (
  id         INTEGER PRIMARY KEY,
  kind       TEXT NOT NULL
             CHECK (kind IN ('distance', 'intrusion', 'pace', 'direction', 'silence', 'early-low', 'drift')),
  content    TEXT CHECK (length(content) > 0),                -- JSON
  changed_by INTEGER NOT NULL REFERENCES staff,
  changed_at TEXT NOT NULL
) STRICT;
CREATE INDEX support_card_of_kind ON support_card (kind, id);

CREATE TRIGGER support_card_no_update BEFORE UPDATE ON support_card
  BEGIN SELECT RAISE(ABORT, 'versions of a card stay as they were written'); END;
CREATE TRIGGER support_card_no_delete BEFORE DELETE ON support_card
  BEGIN SELECT RAISE(ABORT, 'versions of a card stay as they were written'); END;
CREATE TRIGGER support_card_no_replace BEFORE INSERT ON support_card
  WHEN EXISTS (SELECT 1 FROM support_card WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'versions of a card stay as they were written'); END;

-- A page on which a session is added carries a random id. The same page sent twice adds one session.
CREATE TABLE session_form (
  id         TEXT PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
  session_id INTEGER NOT NULL UNIQUE REFERENCES therapy_session
) STRICT, WITHOUT ROWID;
