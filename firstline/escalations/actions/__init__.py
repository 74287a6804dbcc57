"""Every write about engineers and what they are asked."""
