"""What strangers see on the public origin, and how much of it they can take."""
