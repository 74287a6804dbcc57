"""What the social networks share: asking them, cutting a text into posts, what was read lately. No channel itself."""
