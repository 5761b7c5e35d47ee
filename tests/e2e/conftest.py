"""Fixtures of the end-to-end tests."""

from .fixtures import broker_port, client, home, no_faults_left, simulator  # noqa: F401 - pytest finds fixtures by their names here
