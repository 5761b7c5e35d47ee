"""Fixtures of the end-to-end tests."""

pytest_plugins = ["tests.e2e.fixtures"]
