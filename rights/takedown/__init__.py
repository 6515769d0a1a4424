"""Pictures that are shown elsewhere without leave: from the report to their verified removal."""
