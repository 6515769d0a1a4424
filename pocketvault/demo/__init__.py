"""Generated photographs: for trying the vault, and for tests, without anybody's pictures."""
