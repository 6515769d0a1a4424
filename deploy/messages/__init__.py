"""The catalogues: what is said to people, collected from the sources and compiled."""
