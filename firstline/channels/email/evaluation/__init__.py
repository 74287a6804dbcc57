"""How well mail is read, against what others expect of real mails: `firstline eval mail` and `firstline eval spam`."""
