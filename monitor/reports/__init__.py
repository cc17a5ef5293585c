"""The weekly trust-repair report."""
