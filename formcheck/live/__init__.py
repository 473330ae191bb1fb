"""Live: frames or poses one by one in, ``LiveUpdate``s out; at the end, the report of the whole set."""
