"""Incidents: what went wrong here, and who has to know."""
