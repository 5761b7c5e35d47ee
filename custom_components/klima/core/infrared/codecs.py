"""Every written form of a signal by its name, and the one that a text is likely in."""

from collections.abc import Callable
from enum import StrEnum
import re

from .broadlink import format_broadlink, parse_broadlink, parse_broadlink_hex
from .pronto import format_pronto, parse_pronto
from .raw import format_raw, parse_raw
from .signal import CodeError, Signal
from .tasmota import format_tasmota, parse_tasmota
from .tuya import format_tuya, parse_tuya


class Encoding(StrEnum):
    """A written form of a signal."""

    RAW = "raw"
    PRONTO = "pronto"
    BROADLINK = "broadlink"
    BROADLINK_HEX = "broadlink_hex"
    TUYA = "tuya"
    TASMOTA = "tasmota"


PARSERS: dict[Encoding, Callable[[str], Signal]] = {
    Encoding.RAW: parse_raw,
    Encoding.PRONTO: parse_pronto,
    Encoding.BROADLINK: parse_broadlink,
    Encoding.BROADLINK_HEX: parse_broadlink_hex,
    Encoding.TUYA: parse_tuya,
    Encoding.TASMOTA: parse_tasmota,
}

FORMATTERS: dict[Encoding, Callable[[Signal], str]] = {
    Encoding.RAW: format_raw,
    Encoding.PRONTO: format_pronto,
    Encoding.BROADLINK: format_broadlink,
    Encoding.TUYA: format_tuya,
    Encoding.TASMOTA: format_tasmota,
}


def sniff(text: str) -> Encoding:
    """Return the form that a code looks to be in; it need not be one."""
    text = text.strip()
    if re.match(r"0000(\s+[0-9a-fA-F]{4}){3}", text):
        return Encoding.PRONTO
    if re.match(r"\d{1,6},\s*\+|\+\d", text):
        return Encoding.TASMOTA
    if re.match(r"\[|[`+-]*\s*\d{1,7}[\s,]", text):
        return Encoding.RAW
    if re.fullmatch(r"(26|b2|d7)([0-9a-fA-F]{2}){3,}", text[:64]):
        return Encoding.BROADLINK_HEX
    # A packet begins with 0x26, which base64 writes as J with g, h, i or j.
    if re.match(r"(b64:)?J[g-j]", text):
        return Encoding.BROADLINK
    return Encoding.TUYA


def parse(text: str, encoding: Encoding | None = None) -> Signal:
    """Read a code in the form that is named, else in the likely one.

    Raises CodeError, and nothing else, for what is no code in it.
    """
    if not text.strip():
        raise CodeError("empty", "It is empty")
    return PARSERS[encoding or sniff(text)](text)
