"""The boundary between those who describe and those who drive, as a picture: pure functions that return text."""
