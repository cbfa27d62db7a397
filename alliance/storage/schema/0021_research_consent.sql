-- Whether a patient agreed that their answers go into research, without name and code, their days moved: one row for
-- each time that it was asked, or taken back. The newest counts; without one, the answer is no.
CREATE TABLE research_consent (
  id         INTEGER PRIMARY KEY,
  patient_id INTEGER NOT NULL REFERENCES patient,
  agreed     INTEGER NOT NULL CHECK (agreed IN (0, 1)),
  said_on    TEXT NOT NULL,                             -- the day on which the patient said so, at the clinic
  noted_by   INTEGER NOT NULL REFERENCES staff,
  noted_at   TEXT NOT NULL
) STRICT;
CREATE INDEX research_consent_of_patient ON research_consent (patient_id, id);
