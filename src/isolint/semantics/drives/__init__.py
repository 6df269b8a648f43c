"""Which first-party functions drive, directly or through others, and by which chain."""
