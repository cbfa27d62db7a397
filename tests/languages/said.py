"""Every text that a patient can meet, looked for once: going through all templates and all code takes seconds."""

from functools import cache

from alliance.languages import keeping

texts = cache(keeping.texts)
