"""Tiny jobs that behave as a decoder that somebody broke or took over would."""
