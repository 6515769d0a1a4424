"""The formats of archives: ZIP64 and stretches. Nothing here knows a database or a store."""
