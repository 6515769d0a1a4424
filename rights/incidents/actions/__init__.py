"""The only code that writes about incidents."""
