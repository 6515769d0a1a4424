"""What people may ask of whoever keeps their data, and how long the answer may take."""
