"""What all tests of the integration share."""

import pytest


@pytest.fixture(autouse=True)
def _custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find this repository's integration."""
    if "recorder_mock" in request.fixturenames:
        # A recorder has to be there before Home Assistant is.
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")
