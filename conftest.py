"""The root of the tests: see `site/devtools/testing/plugin.py` for the database and the fixtures that all may use."""

pytest_plugins = ["devtools.testing.plugin"]
