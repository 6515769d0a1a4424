"""The only code that writes about takedowns."""
