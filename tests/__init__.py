"""The tests. Folders are named after what they hold: rooms of the house, the protocol, journeys of people."""
