"""How much a stranger can take of what is public: a person's fill, and a scraper's trickle.

Three tiers (docs/scrapers.md). What is blurred stands in the page for everybody. Small pictures
and large ones are given out against allowances that everybody behind one network shares, so that
more tabs, more tools and more grants bring nothing. Nothing here blocks: who takes too fast waits.

All of it lives in the shared cache, for a day at most. The only key of a person is a keyed hash of
their network, under a salt that is thrown away every day.
"""
