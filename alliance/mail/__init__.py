"""Mail to patients: what it says, how it is sent, and what a mail server reports back. Knows no clinic's data."""
