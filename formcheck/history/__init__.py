"""What was trained, set by set: a database of athletes, sets and findings, and what it says over time.

SQLAlchemy, so that any server will do; a SQLite file by default. Times are UTC. Each row belongs to an
``owner`` ("local" on one's own machine, else one browser), and no function answers across owners.
"""
