"""Constants of Klima."""

from typing import Final

DOMAIN: Final = "klima"
