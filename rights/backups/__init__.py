"""The format of a backup, and the way of rows into it and out: docs/backups.md."""
