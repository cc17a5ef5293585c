"""A whole crisis on real parts in three minutes: the loopback site, the story, the people."""
