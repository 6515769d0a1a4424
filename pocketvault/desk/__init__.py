"""The desk: where staff see counts, states and the trail, and never a photo."""
