"""What templates of public pages are made with."""
