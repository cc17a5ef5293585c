"""One small file a source: requests and parse, nothing else."""
