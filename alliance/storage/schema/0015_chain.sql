-- The chain through the audit trail. Its proofs are made with a key that is not in the database; lines from before are
-- chained when this change is made.
CREATE TABLE audit_chain (
  line  INTEGER PRIMARY KEY REFERENCES audit,
  proof BLOB NOT NULL CHECK (length(proof) = 32)
) STRICT;
CREATE TRIGGER audit_chain_no_update BEFORE UPDATE ON audit_chain
  BEGIN SELECT RAISE(ABORT, 'the audit trail can only grow'); END;
CREATE TRIGGER audit_chain_no_delete BEFORE DELETE ON audit_chain
  BEGIN SELECT RAISE(ABORT, 'the audit trail can only grow'); END;
CREATE TRIGGER audit_chain_no_replace BEFORE INSERT ON audit_chain
  WHEN EXISTS (SELECT 1 FROM audit_chain WHERE line = NEW.line)
  BEGIN SELECT RAISE(ABORT, 'the audit trail can only grow'); END;

-- Which line is the last, so that the end cannot be cut off unseen.
CREATE TABLE audit_head (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  line  INTEGER NOT NULL REFERENCES audit_chain,
  proof BLOB NOT NULL CHECK (length(proof) = 32)
) STRICT;
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
  BEGIN SELECT RAISE(ABORT, 'the audit trail can only grow'); END;
CREATE TRIGGER audit_head_no_return BEFORE UPDATE ON audit_head WHEN NEW.line <= OLD.line
  BEGIN SELECT RAISE(ABORT, 'the audit trail can only grow'); END;
