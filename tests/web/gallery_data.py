"""Invented values for the gallery: one province, one afternoon in November 2023."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace as Thing

from provincial.core.findings import Finding, Severity
from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.web.navigation import NavGroup, NavItem

NOW = datetime(2023, 11, 15, 2, 42, tzinfo=UTC)


class TableState(State):
    """One state of each tone."""

    DRAFT = "draft"
    SPLITTING = "splitting"
    ALLOCATED = "allocated"
    LATE = "late"
    VOID = "void"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        return {
            "draft": (t("草稿"), Tone.NEUTRAL),
            "splitting": (t("分解中"), Tone.WAITING),
            "allocated": (t("已分解"), Tone.GOOD),
            "late": (t("迟交"), Tone.ATTENTION),
            "void": (t("作废"), Tone.BLOCKED),
        }


SITE = Thing(
    name="中原省教师培训管理平台",
    host="中原省教育厅",
    contact="0371-0000 0000",
    icp="豫ICP备00000000号-1",
    police="豫公网安备 00000000000000号",
    site_code="4100000000",
    demonstration=True,
)
VIEWER = Viewer(
    user_id=7,
    name="李文静",
    organisation_id=12,
    organisation_name="安河市教育局",
    organisation_kind="prefecture_city",
    path="/1/12/",
    quota_path="/1/12/",
    role="quota_officer",
    membership_id=3,
)
MEMBERSHIPS = [
    Thing(id=3, role_label=t("名额管理员"), organisation_name="安河市教育局"),
    Thing(id=4, role_label=t("评审专家"), organisation_name="专家工作组"),
]
PLANS = [
    Thing(id=1, title="2023年中小学幼儿园教师省级培训计划"),
    Thing(id=2, title="2022年中小学幼儿园教师省级培训计划"),
]


def places() -> list[NavGroup]:
    """The menu of a city's officer."""

    def item(label: str, icon: str, count: int | None = None, active: bool = False) -> NavItem:
        return NavItem(t(label), "/gallery", active, icon, count)

    return [
        NavGroup(t(""), [item("首页", "house")]),
        NavGroup(
            t("名额"),
            [
                item("名额分配", "grid-3x3", 12, active=True),
                item("名额看板", "table"),
                item("绿色通道", "signpost"),
            ],
        ),
        NavGroup(t("遴选"), [item("学员遴选", "person-check", 1065), item("诚信档案", "shield")]),
        NavGroup(t("班级"), [item("班级与报到", "people"), item("报到通知书", "envelope-paper")]),
        NavGroup(
            t("简报与总结"), [item("工作简报", "newspaper"), item("绩效自评", "clipboard-data")]
        ),
        NavGroup(t("管理"), [item("机构与学校", "building"), item("用户", "person-gear")]),
    ]


ARTICLE = "教办师〔2023〕389号 三(二)"
SOURCES = {
    "HN-38": Thing(
        article=ARTICLE, quote="各地要将名额分解到县(市、区)、学校，做到名额到校、通知到人。"
    ),
    "HN-25": Thing(
        article="教办师〔2023〕389号 二(一)", quote="实践性课程原则上不少于总课时的50%。"
    ),
}
FINDINGS = [
    Finding(
        Severity.BLOCK,
        t("小学数学分出的名额多于持有的名额。"),
        rule="HN-38",
        measured="135",
        limit="132",
        mend=t("请收回 3 个名额，或向省级申请调剂。"),
        cell="附件4!C7",
    ),
    Finding(
        Severity.WARN,
        t("实践性课程占 48 %，低于原则上的 50 %，须说明理由。"),
        rule="HN-25",
        measured="48 %",
        limit="50 %",
    ),
    Finding(Severity.PASS, t("各列合计与原表一致。"), measured="1,065", limit="1,065"),
]


def event(
    hour: int, what: str, who: str, reason: str | None = None, url: str | None = None
) -> Thing:
    return Thing(
        at=datetime(2023, 11, 15, hour, 5, tzinfo=UTC),
        what=t(what),
        who=who,
        reason=reason,
        url=url,
    )


EVENTS = [
    event(2, "退回 3 个名额：初中物理", "赵宏 · 林川县教育局", "该校符合条件的教师已调出。"),
    event(
        1, "分解名额：小学语文 132 个，分到 8 个县(市、区)", "李文静 · 安河市教育局", url="/gallery"
    ),
    event(0, "名额分配表已下达（豫教培〔2023〕12号）", "王建国 · 省项目执行办公室", url="/gallery"),
]


def todo(title: str, due: date | None, days: int | None, tone: str, count: int = 0) -> Thing:
    return Thing(
        title=t(title),
        url="/gallery",
        due=due,
        days_left=days,
        count=count,
        source=ARTICLE,
        tone=tone,
    )


TODO = [
    todo("分解名额：初中英语还有 4 个未分配", date(2023, 11, 13), -2, "blocked", 4),
    todo("确认退回：林川县教育局退回 3 个初中物理名额", date(2023, 11, 15), 0, "attention", 3),
    todo("分解名额：小学数学还有 12 个未分配", date(2023, 11, 20), 5, "attention", 12),
    todo("指定联系人：平山区教育局尚未填报责任联系人", date(2023, 11, 28), 13, "neutral"),
    todo("阅读通知：关于调整开班时间的补充通知", None, None, "neutral"),
]
FIGURES = [
    Thing(label=t("下达名额"), value=21480, note=t("29 个分配单位"), url="/gallery"),
    Thing(label=t("已分解到校"), value=20377, note=t("占 94.9 %"), url="/gallery"),
    Thing(label=t("已推荐教师"), value=18932, note=t("占已分解的 92.9 %"), url="/gallery"),
    Thing(label=t("报到率"), value=None, note=t("尚未开班"), url=None),
]

COLUMNS = [
    "小学语文",
    "小学数学",
    "小学英语",
    "初中语文",
    "初中数学",
    "初中物理",
    "初中英语",
    "高中语文",
    "高中数学",
]
COUNTIES = ["平山区", "文峰区", "林川县", "安阳县", "清河县", "北辰县", "开元区", "直属学校"]


def grid() -> Thing:
    """Eight counties by nine subjects; one column over, one even, one refused cell."""
    held = [132, 126, 40, 88, 90, 36, 45, 24, 24]
    rows = []
    sums = [0] * len(held)
    for r, county in enumerate(COUNTIES):
        cells = []
        total = 0
        for c, places_held in enumerate(held):
            value = places_held // 8 + (1 if r < places_held % 8 else 0)
            if c == 1 and r == 7:
                value = 3
            if c == 5 and r == 2:
                value += 3
            sums[c] += value
            total += value
            cells.append(
                Thing(
                    name=f"cell-{r}-{c}",
                    value=str(value) if not (r == 4 and c == 2) else "5,5",
                    error=t("只能填 0 以上的整数。") if r == 4 and c == 2 else None,
                    fixed=r == 7 and c > 6,
                    least=2 if r == 0 else None,
                )
            )
        rows.append(Thing(label=county, cells=cells, total=total, limit=70 if r == 7 else None))
    columns = [
        Thing(label=label, short=label[2:], held=h, left=h - s)
        for label, h, s in zip(COLUMNS, held, sums, strict=True)
    ]
    return Thing(columns=columns, rows=rows, groups=[("小学", 3), ("初中", 4), ("高中", 2)])


def board() -> Thing:
    """Six units by five columns."""
    looks = [
        ("good", "已分完"),
        ("waiting", "分解中"),
        ("attention", "将到期"),
        ("blocked", "逾期"),
    ]
    rows = []
    for r, unit in enumerate(
        ["安河市", "洛城市", "济水市", "航空港区", "固陵县（省直管）", "厅直属学校"]
    ):
        cells = []
        for c in range(5):
            tone, word = looks[(r * 2 + c * 3) % 4 if r else 0]
            left = 0 if tone == "good" else (r * 7 + c * 3) % 19 + 1
            detail = t(f"持有 {120 + r * 7 + c} · 未分 {left} · 截止 11月20日")
            cells.append(Thing(text=left, tone=tone, word=word, url="/gallery", detail=detail))
        rows.append(Thing(label=unit, url="/gallery", cells=cells))
    return Thing(
        columns=COLUMNS[:5],
        rows=rows,
        legend=[(word, tone) for tone, word in looks],
        totals=[31, 44, 27, 38, 1052],
    )


SCHOOLS = [
    Thing(
        name=name, county=county, places=n, named=m, rate=Decimal(m) / n if n else None, state=state
    )
    for name, county, n, m, state in [
        ("平山区第一小学", "平山区", 24, 24, TableState.ALLOCATED),
        ("文峰区实验中学", "文峰区", 18, 11, TableState.SPLITTING),
        ("林川县乡村中心小学（含三个教学点）", "林川县", 1260, 1241, TableState.LATE),
        ("清河县特殊教育学校", "清河县", 0, 0, TableState.DRAFT),
        ("北辰县第三初级中学", "北辰县", 9, 2, TableState.VOID),
    ]
]
JOB = Thing(
    id=41,
    title=t("生成报到通知书"),
    state=TableState.SPLITTING,
    done=3412,
    total=10000,
    started_by="李文静",
    started_at=NOW,
    left=t("约 2 分钟"),
    note=None,
    running=True,
    cancel_url="/gallery",
    result_url=None,
    result_label=None,
    result_is_file=False,
)
