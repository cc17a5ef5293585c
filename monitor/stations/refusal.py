"""What a person may not do, or not now."""

from __future__ import annotations


class RefusedError(ValueError):
    """A wish that cannot be granted; the message says in Chinese what to do instead."""
