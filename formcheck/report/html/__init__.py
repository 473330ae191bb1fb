"""``report.html``: one offline file, summary first. Shows what the report says; decides nothing."""
