"""A client of PocketVault in Python: what tests use to play a device, and an independent reading
of docs/cryptography.md. Never part of the product."""
