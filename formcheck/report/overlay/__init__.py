"""The annotated video: draws what the report found on the frames; decides nothing."""
