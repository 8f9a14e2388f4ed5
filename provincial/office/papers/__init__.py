"""Every official paper: its number, PDF, digest, QR code and verification; replaced or withdrawn.

Words: a *paper* is one issued document; its *token* leads to the public verification page (R40).
States: valid, replaced, withdrawn. A paper is never changed; a correction is a new paper.
"""
