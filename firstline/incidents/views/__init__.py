"""Pages of the desk, of the public, and the door for monitors."""
