"""The reference client as a small program: sign in, upload, import, sync, export."""
