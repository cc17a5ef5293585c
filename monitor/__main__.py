"""`python -m monitor` is `fengsui`."""

from monitor.cli import main

main()
