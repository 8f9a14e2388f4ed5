"""How much of the journal is exported at once."""

from __future__ import annotations

#: More events than this are exported as a job.
EXPORT_AT_ONCE = 2000
#: Events read in one go while a job exports.
CHUNK = 2000
#: Nobody counts further than this.
COUNTED = 200_000
