"""Orders of authorities: the register, the people who decide, and what is told and published."""
