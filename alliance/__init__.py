"""Alliance: brief feedback on the therapeutic relationship, after every session."""

__version__ = "0.1.0"
