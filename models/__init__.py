"""Turns clean text into predictions; knows torch and nothing else of ours."""
