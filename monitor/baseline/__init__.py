"""How unusual the volume of a stream of mentions is: pure code, no clock, no store.

`tail` the negative-binomial tail · `days` hour of the week, with holidays · `spread` how counts
scatter · `season` the usual count and how it is learnt · `burst` the tests on 15 and 60 minutes,
the CUSUM and the alarm · `stream` all of them over hours of counts · `codec` their state as JSON.
"""
