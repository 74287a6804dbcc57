"""Pages about engineers: beside a conversation, in the settings, and the one that a link opens."""
