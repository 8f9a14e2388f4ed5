"""Who may carry a workbook away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.office.imports.permissions import may_see, may_take_away

CITY = Viewer(1, "甲", 2, "甲市", "prefecture_city", "/1/2/", "/1/2/", "bureau_officer")
COUNTY = Viewer(2, "乙", 5, "甲一县", "county", "/1/2/5/", "/1/2/5/", "bureau_officer")


@pytest.mark.parametrize(
    ("kind", "viewer", "expected"),
    [
        ("quota_table", CITY, True),
        ("quota_table", COUNTY, True),
        ("teachers", COUNTY, True),
        ("teachers", CITY, False),
        ("teachers", replace(COUNTY, support_user_id=9), False),
    ],
)
def test_r7_a_list_of_people_goes_back_only_to_its_body(
    kind: str, viewer: Viewer, expected: bool
) -> None:
    """R7: bodies above see the run, but ID numbers leave only with those who brought them."""
    run = ImportRun(kind=kind, organisation_id=5, org_path="/1/2/5/")
    assert may_see(viewer, run)
    assert may_take_away(viewer, run) is expected
