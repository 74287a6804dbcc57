"""Every write of moderation, one facet a file."""
