"""Decides: the daemon, the rules and the memory; the only package that knows the other three."""
