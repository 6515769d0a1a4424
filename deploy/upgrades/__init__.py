"""Whether the release before can still answer while and after these migrations run.

``python -m deploy.upgrades`` says what is wrong with each migration that no release has brought
yet; ``python -m deploy.upgrades --released NAME`` notes that one just did.
"""
