"""What each subject of the rights app keeps about a person: one module each."""
