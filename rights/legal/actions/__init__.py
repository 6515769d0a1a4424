"""The only code that writes about orders."""
