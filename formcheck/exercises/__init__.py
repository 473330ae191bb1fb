"""Exercises and checks as data: TOML files, their loader, and what is told and written from them."""
