"""Connections that we open and others speak on: answers come back without an open port."""
