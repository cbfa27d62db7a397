"""FHIR R4 (4.0.1): what is asked and what was answered, as resources. Plain dicts; no FHIR library at run time."""
