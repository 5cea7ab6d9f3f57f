"""Tables, migrations, repositories and importers: the only place that speaks SQL."""
