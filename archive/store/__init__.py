"""The SQLite file: schema, migrations, views, search index, queues and reviews."""
