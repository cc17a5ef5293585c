"""Readers of files that people export; each yields items or reasons why not."""
