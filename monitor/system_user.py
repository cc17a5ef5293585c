"""The name of a system user by number, as the system itself knows it: no variable can lie."""

from __future__ import annotations

import pwd


def user_name(number: int) -> str:
    """Return the login name; the number itself for a container's user without one."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
