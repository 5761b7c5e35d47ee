"""Errors that are told in the user's words."""

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN


def told[ErrorT: HomeAssistantError](
    kind: type[ErrorT], key: str, /, **placeholders: str
) -> ErrorT:
    """Return an error of a kind, by the key of its text."""
    return kind(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders or None,
    )


def refused(key: str, /, **placeholders: str) -> ServiceValidationError:
    """Return what tells who asks for something why it is not done."""
    return told(ServiceValidationError, key, **placeholders)
