"""Pure rules: standard library only, time as an argument, nothing read or sent."""
