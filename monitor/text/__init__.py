"""Deterministic text work: cleaning, masking of personal data, keyed author hashes."""
