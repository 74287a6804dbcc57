"""What is read about savings: `counting` for the machine, `page` for people."""
