"""Stories: a row of counts, some claims, and the tier that must hold at which minute.

PR people write them in YAML and try a policy against them with `fengsui policy test`; the shipped
ones hold the shipped policy to its word.
"""
