"""Each promise of the image privacy policy beside what shows that it is kept."""
