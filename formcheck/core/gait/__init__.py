"""Stretches, contacts and steps."""
