"""Rehearsals: what the stored past would have set off under other rules; the store is only read.

`fengsui rehearse` and `fengsui policy compare` share it. The past goes through the daemon's own
stations on a scratch store, with the model's stored answers, so that no text is read twice.
"""
