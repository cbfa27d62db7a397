"""A made-up clinic to look around in: nobody in it exists, and every number comes from a seeded generator."""
