"""The pure core: poses and exercise data in, a report out; numpy and scipy only."""
