"""Every write about outside threads, one facet a file."""
