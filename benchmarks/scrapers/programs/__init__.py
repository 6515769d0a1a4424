"""Programs that scrape, each run by itself; some with libraries that this project has not."""
