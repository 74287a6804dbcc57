"""Every write about conversations, one facet a file."""
