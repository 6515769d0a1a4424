"""Vectors both languages read, and proofs that the browser and independent libraries agree."""
