"""Writes: noticing, declaring, telling, probing, and the page that stands beside the processes."""
