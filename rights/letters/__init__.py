"""Letters that people get: one text of ours, as plain text, as HTML and as PDF."""
