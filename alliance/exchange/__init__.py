"""Ratings as files, in and out, for people who have data and no clinic here: no Flask, no SQL, no clock."""
