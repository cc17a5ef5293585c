"""Readers of files that people export; each yields items or reasons why not.

A new format is a module with NAME, TITLE and `plan` (see plan.py), entered in formats.py.
"""
