"""Reports of what is public: from the form to the last word."""
