"""The command-line program of the reference client, run against a service."""
