"""Finding a person, handing their data out, erasing it, and letting go of what was kept long enough."""
