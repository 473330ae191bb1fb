"""From signals and steps to findings, score and stop advice."""
