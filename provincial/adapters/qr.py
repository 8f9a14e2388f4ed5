"""QR codes for papers and slips, as pictures that need no request."""

from __future__ import annotations

import segno


def qr_data_uri(url: str) -> str:
    """An SVG data URI of the QR code of ``url``, level M, with the quiet zone of four modules.

    Vector, so that a code of 22 mm stays sharp in print. ``url`` comes from the fixed public
    address of the site, never from a request's Host header (R28, R40).
    """
    uri: str = segno.make(url, error="m", micro=False).svg_data_uri(border=4, encode_minimal=True)
    return uri
