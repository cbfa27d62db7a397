"""Every number the product computes about a therapeutic relationship: no Flask, no SQL, no clock."""
