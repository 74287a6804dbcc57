"""Pages about outside threads: beside a conversation, and on its inbox's page."""
