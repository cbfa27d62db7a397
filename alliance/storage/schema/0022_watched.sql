-- Whether the detector reads what comes back over a link: it knows a clinic's own questionnaires only where they
-- measure the alliance by its scales. Until now there were no others.
ALTER TABLE invitation ADD COLUMN watched INTEGER NOT NULL DEFAULT 1 CHECK (watched IN (0, 1));
