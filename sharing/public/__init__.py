"""The pages and pictures that strangers get, on an origin of their own."""
