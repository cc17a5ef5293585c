"""The stations of one mention's way, in order; pipeline.py strings them together."""
