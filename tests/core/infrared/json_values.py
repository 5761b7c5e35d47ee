"""JSON of any shape, some of it like a code file's."""

import json

from hypothesis import strategies as st


def code(number: int) -> str:
    """Return a code that no other number has."""
    bits = (-1600 if number >> bit & 1 else -500 for bit in range(12))
    return json.dumps([9000, -4500, *(t for bit in bits for t in (500, bit)), 500])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([code(1), code(2), "JgAEABAgAAA=", "20", "cool", "off", "-"]),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "commands",
                    "operationModes",
                    "fanModes",
                    "swingModes",
                    "presetModes",
                    "precision",
                    "minTemperature",
                    "supportedController",
                    "commandsEncoding",
                    "off",
                    "on",
                    "cool",
                    "heat",
                    "fan",
                    "low",
                    "20",
                    "21.5",
                    "1e999",
                    "-",
                    "_c",
                ]
            )
            | st.text(max_size=6),
            children,
            max_size=5,
        )
    ),
    max_leaves=30,
)
