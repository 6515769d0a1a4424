"""The browser's cryptography once more, written from docs/cryptography.md with other libraries."""
