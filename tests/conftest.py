"""What all tests of the integration share."""

import logging

from hypothesis import settings
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

# A shared machine may stop for a moment at any time: how long an example took says nothing.
settings.register_profile("klima", deadline=None)
settings.load_profile("klima")

# The plugin has every statement of the recorder formatted and kept, which no test reads.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


@pytest.fixture(autouse=True)
def _custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find this repository's integration."""
    if "recorder_mock" in request.fixturenames:
        # A recorder has to be there before Home Assistant is.
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write snapshots as Home Assistant does: without what differs from run to run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)
