"""What this service tells machines that read the web: that nothing here is theirs to learn from."""
