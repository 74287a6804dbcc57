"""Pasted text to facts, diagnosis and secrets. Pure: no Django, no database, no network."""
