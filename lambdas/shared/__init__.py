"""What the functions share: events, the uploads table, the flight, the champion pointer."""
