"""Drills: the whole chain on invented posts and a fast clock, and how the team did.

A drill has a folder, a configuration and a database of its own under `data_dir/drills`. A marked
stream in the real database would have to be left out of every count, volume, report and purge by
hand, and one place forgotten would let a drill raise a real alarm or hide one; a database that
the daemon never opens cannot.
"""
