"""Collects what the public says; knows Scrapy and nothing else of ours."""
