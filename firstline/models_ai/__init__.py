"""Adapters from text to vectors (and later from text to text). No tables, no decisions."""
