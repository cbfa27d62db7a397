"""How often the detector is right and wrong, measured on made-up courses whose truth is known.

`worlds` says what is assumed, `courses` makes the sessions up, `filter` runs the odds filter on many dyads at
once, `design` and `rules` hold what it is compared with, `scoring` and `tuning` count alerts, `tables` puts the
runs together and `report` writes them down. Nothing here is clinical validation.
"""
