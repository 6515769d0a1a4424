"""The only code that writes about reports."""
