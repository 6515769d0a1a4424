"""The only code that writes requests."""
