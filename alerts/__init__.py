"""Words and channels of an alert; knows apprise and nothing else of ours."""
