"""What all tests of the integration share."""

from collections.abc import Generator

import pytest


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> Generator[None]:
    """Let Home Assistant find this repository's integration."""
    return
