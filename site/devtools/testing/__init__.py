"""What the tests stand on: a database for each worker, Valkey, parallel clients, a browser that complains."""
