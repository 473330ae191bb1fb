"""From raw landmarks to landmarks fit to measure on."""
