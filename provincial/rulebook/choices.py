"""The closed lists from which parameters of a rulebook choose; codes are the glossary's."""

from __future__ import annotations

from provincial.core.text import t
from provincial.rulebook.vocabulary import Term

SELECTION_MODES = (
    Term("quota", "名额分配", t("Quota, handed down")),
    Term("self_selected", "自主选课", t("Self-selected by teachers")),
    Term("self_selected_and_orders", "自主选课和订单", t("Self-selected, and orders")),
    Term("mandatory_and_self_selected", "指令性和自主选学", t("Mandatory and self-selected")),
    Term("assigned", "选派", t("Assigned by the province")),
)
FUNDING_MODES = (
    Term("funded", "专项经费", t("Earmarked funds, no fee")),
    Term("fee", "收费", t("Fee charged to the unit")),
    Term("own_level", "各级自行承担", t("Paid by the level that sets the project")),
)
TERMS = (
    Term("year", "年度", t("One year")),
    Term("first_half", "上半年", t("First half-year")),
    Term("second_half", "下半年", t("Second half-year")),
)
BINDING = (
    Term("in_principle", "原则上", t("In principle: an exception needs a recorded reason")),
    Term("strict", "必须", t("Strict: no exception")),
)
ROUNDING = (
    Term("half_up", "四舍五入", t("Half up")),
    Term("floor", "舍去尾数", t("Down")),
    Term("ceil", "进位", t("Up")),
)
GREEN_BASIS = (
    Term("additional", "指标外增加", t("Additional to the quota")),
    Term("within", "指标内安排", t("Within the quota")),
)
GREEN_UNIT = (
    Term("subject", "按学科", t("Per subject")),
    Term("column", "按学段学科", t("Per stage and subject")),
)
BAN_CAUSES = (
    Term("no_show", "未参训", t("No-show")),
    Term("expelled", "被劝退", t("Asked to leave")),
    Term("not_completed", "未结业", t("Not completed")),
)
BAN_CHECKS = (
    Term("opening", "开班日期", t("Opening date of the class")),
    Term("nomination", "推荐日期", t("Date of nomination")),
)
BAN_OVERLAP = (
    Term("latest_end", "以最迟到期为准", t("The latest end counts")),
    Term("added_up", "累计计算", t("Years are added up")),
)
REACTIONS = (
    Term("none", "不提示", t("Nothing")),
    Term("warn", "提示", t("Warning")),
    Term("refuse", "不予推荐", t("Refusal")),
)
INTEGRITY_ENTRIES = (
    Term("all_results", "全部参训情况", t("Every participation result")),
    Term("forgery", "伪造篡改", t("Forgery and tampering only")),
)
RATIO_BASE = (
    Term("own_hours", "本单位课程学时", t("Hours of the institution's own programme")),
    Term("all_hours", "全部学时", t("All hours, general courses included")),
)
LEADER_UNITS = (
    Term("class_session", "班期", t("Class sessions")),
    Term("project", "项目", t("Projects")),
)
LEADER_SCOPES = (
    Term("all", "全部项目", t("All projects")),
    Term("province_wide", "面向全省项目", t("Province-wide projects")),
)
ROLES_REQUIRED = (
    Term("chief_expert", "首席专家", t("Chief expert")),
    Term("subject_tutor", "学科班主任", t("Subject head teacher of the class")),
    Term("life_tutor", "生活班主任", t("Life head teacher of the class")),
    Term("project_leader", "项目负责人", t("Project leader")),
)
FROZEN_FIELDS = (
    Term("all", "全部内容", t("Everything")),
    Term("lecturers", "师资", t("Lecturers")),
    Term("content", "内容", t("Content")),
    Term("time", "时间", t("Time")),
)
CAP_GROUPS = (
    Term("normal_univ", "点名的师范大学", t("Named normal universities")),
    Term("other", "其他高校和培训机构", t("Other universities and institutions")),
    Term("remote", "远程培训机构", t("Remote-training institutions")),
    Term("new", "认定资质不满一年的机构", t("Institutions accredited for less than a year")),
)
CAP_MEASURED = (
    Term("window_opens", "申报开始日", t("First day of the application window")),
    Term("submission", "申报提交日", t("Day of submission")),
)
BULLETIN_SCOPES = (
    Term("institution", "每个承训单位", t("Each institution")),
    Term("project", "每个项目", t("Each project")),
)
BULLETIN_WINDOWS = (
    Term("training_period", "培训期间", t("During the training")),
    Term("any", "不限", t("Any time")),
)
CLOSING_STARTS = (
    Term("last_session", "项目最后一期结束", t("End of the project's last session")),
    Term("each_session", "每期结束", t("End of each session")),
)
ARTEFACTS = (
    Term("self_evaluation", "绩效自评报告", t("Performance self-evaluation report")),
    Term("action_research", "优秀教师成长行动研究报告", t("Action research report")),
    Term("publicity", "宣传材料汇编", t("Publicity compilation")),
)
FEE_ITEMS = (
    Term("training", "培训费", t("Training fee")),
    Term("lodging", "住宿费", t("Lodging")),
    Term("meals", "伙食费", t("Meals")),
)
PROCESS_LINES = (
    Term("needs_survey", "培训需求调研", t("Needs survey")),
    Term("programme_design", "培训方案研制", t("Programme design")),
    Term("evaluation", "培训绩效评估", t("Performance evaluation")),
    Term("follow_up", "训后跟踪指导", t("Post-training follow-up")),
    Term("class_management", "班级管理费用", t("Class-management fee")),
)
OVERSIGHT_METHODS = (
    Term("field_visit", "实地调研", t("Field visit")),
    Term("class_observation", "推门听课", t("Unannounced observation")),
    Term("network_monitoring", "网络监测", t("Network monitoring")),
    Term("trainee_evaluation", "学员评估", t("Trainee evaluation")),
    Term("spot_check", "抽查", t("Spot check")),
    Term("unannounced", "四不两直", t("Unannounced inspection")),
    Term("expert_evaluation", "专家评估", t("Expert evaluation")),
    Term("anonymous_survey", "匿名评估", t("Anonymous survey")),
    Term("third_party", "第三方评估", t("Third-party evaluation")),
)
PREFERENCES = (
    Term("oversight_score", "过程视导成绩", t("Oversight score of the year before")),
    Term("trainee_rating", "参训学员评价", t("Rating by trainees")),
    Term("order_participation", "参与订单培训情况", t("Participation in orders")),
    Term("satisfaction", "满意度", t("Satisfaction of teachers and counties")),
    Term("evaluation_result", "评估结果", t("Evaluation result")),
    Term("experience", "实施经验", t("Years of experience")),
)
INSTITUTION_GRADES = (
    Term("excellent", "优秀", t("Excellent")),
    Term("good", "良好", t("Good")),
    Term("qualified", "合格", t("Qualified")),
    Term("unqualified", "不合格", t("Unqualified")),
)
TEACHER_DATA_SOURCES = (
    Term("manual", "学校录入", t("Entered by schools")),
    Term("national_import", "全国系统导入", t("Imported from the national system")),
)
MODULES = (
    Term("ethics", "专业理念与师德", t("Professional ethics")),
    Term("knowledge", "专业知识", t("Professional knowledge")),
    Term("ability", "专业能力", t("Professional ability")),
    Term("class_management", "班级管理", t("Class management")),
    Term("school_based", "校本研修", t("School-based training")),
)
GRADES = (
    Term("A_excellent", "优", t("Grade excellent")),
    Term("B_good", "良", t("Grade good")),
    Term("C_fair", "中", t("Grade fair")),
    Term("D_pass", "合格", t("Grade pass")),
)
STUDIO_ROLES = (
    Term("host", "主持人", t("Host")),
    Term("member", "成员", t("Member")),
    Term("studio_trainee", "学员", t("Studio trainee")),
)
RESEARCH_ROLES = (
    Term("host", "主持人", t("Host")),
    Term("participant", "参与人员", t("Participant")),
)
PRIZES = (
    Term("first", "一等奖", t("First prize")),
    Term("second", "二等奖", t("Second prize")),
    Term("third", "三等奖", t("Third prize")),
)
MULTI_YEAR = (
    Term("completion", "结业年度一次登记", t("Booked in the year of completion")),
    Term("stages", "分阶段登记", t("Booked by stage")),
)
CREDIT_UNITS = (
    Term("credits", "学分", t("Credits")),
    Term("hours", "学时", t("Class hours")),
)
CLAIM_KINDS = (
    Term("studio", "工作室", t("Studio")),
    Term("lecturing", "授课", t("Lecturing")),
    Term("award", "获奖", t("Award")),
    Term("research", "课题", t("Research project")),
    Term("degree", "学历提升", t("Degree study")),
    Term("external", "系统外培训", t("Outside training")),
)
#: School-based training has one rate only, for all its projects.
SCHOOL_ONLY = (Term("school_based", "校本研修", t("School-based training")),)
