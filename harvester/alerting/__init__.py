"""Tell operators what is wrong: incidents become messages to channels, and a dead man's switch hears that somebody lives."""
