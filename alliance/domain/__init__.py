"""Who people are, what they may do, and what a relationship's course means in words. Pure."""
