"""One small file a source; pure, so that a test needs no network.

How to add one:

1. Write `crawlers/connectors/NAME.py` with a class of three members (`Connector` in base.py):
   - `about`: an `About`: kind, title, grade, platform, address, what it needs, gives, how fresh.
     Titles, hints and what it gives are read by users and are Chinese. Secrets are named in
     `needs`; the configuration fills them from `${ENV}` alone.
   - `first(task)`: the first `Ask` of one query (`task.query`; a list without queries has one
     empty query). Address: `task.base`, never a constant. `task.since` is where the last complete
     reading ended, less the overlap; None at first. `task.now` is the only clock.
   - `read(answer, task)`: the answer as a `Reading`: `records` of mention JSON Lines (without
     `platform` and `observed_at`; an id must not change), `total` rows that the answer held, good
     or not, and `more` asks: the next page, or pages behind a list (`Ask.step` tells them apart,
     `Ask.key` and `stamp` keep a page that we know from being read again).
2. Say what went wrong with an exception of base.py: `WrongShapeError` for an answer that is not
   what it was (crawlers/connectors/shape.py raises it for you), `RefusedError` for one that says
   no: too fast, quota, key, captcha. Never skip a bad row silently: leave it out of `records` but
   count it in `total`. HTTP codes, login and captcha pages, hanging and broken answers,
   Retry-After, paging limits, budgets, marks and cursors are the business of
   crawlers/walk.py.
3. Add it to the table in registry.py.
4. Add an example answer to tests/integration/connector_samples.py: the contract test then runs it
   against a loopback site in every mode.

Pattern of a list: newsnow.py; of a search with a key: zhihu.py; feeds have a spider of their own.
"""
