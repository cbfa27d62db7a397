"""An export for research: patients who agreed, and nothing by which they stand out: `alliance export research`.

What a patient kept from the therapist is never in it: whom the patient let read it did not grow by agreeing to
research, and a therapist who knows a course again in the export would learn of it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from alliance.actions import taking_out
from alliance.actions.clinic import Clinic
from alliance.actions.clinic_tables import CLOSED, Watch
from alliance.actions.faults import Fault
from alliance.actions.keeping import working
from alliance.actions.research_rows import FIRST, Plan, Writer
from alliance.actions.taking_out import Exported
from alliance.domain.deidentifying import LEAST_EXPORTED, Groups, Strangers, TooFew, alone
from alliance.domain.disclosure import Disclosure, report
from alliance.exchange.codebook import in_words, written
from alliance.exchange.package import Mark, Package
from alliance.exchange.research_layout import RESEARCH
from alliance.storage import exports, research
from alliance.storage.research import Patients

__all__ = ["export_research"]

REPORT = ".risk.md"


def export_research(
    clinic: Clinic,
    target: Path,
    *,
    account: str,
    now: datetime,
    watch: Watch,
    least: int = LEAST_EXPORTED,
    chance: random.Random | None = None,
) -> tuple[Exported, Disclosure, Path]:
    """Write the export, and beside it the report on what it gives away, which stays here.

    Nothing that few patients share is in it: `least` of them, 8 or more. Raises Fault, DatabaseFault.
    """
    if least < LEAST_EXPORTED:
        raise Fault(f"A group has to have at least {LEAST_EXPORTED} patients")
    beside = target.with_name(f"{target.name}{REPORT}")
    taking_out.need_room(target, beside)
    number, settings = taking_out.new_number(), clinic.settings()
    # No name, that of an account neither; and no day, as it might be one of a session.
    when = f"in {settings.local(now):%B %Y}; the clinic’s trail says by whom"
    mark = Mark(
        number,
        "Alliance: sessions and answers for research",
        taking_out.told(number, "Research export", when, settings),
        licence=CLOSED,
    )
    with taking_out.beside(target) as work, working(clinic.config.folder, "export") as copy:
        folder = work / "research"
        folder.mkdir(mode=0o700)
        with (
            exports.standing(clinic.config.database, copy / "clinic.db") as conn,
            Package(folder, RESEARCH, mark) as package,
        ):
            courses, patients = research.courses(conn)
            try:
                plan = Plan.of(conn, courses, least)
            except TooFew as few:
                raise Fault(_too_few(patients, few.patients, least)) from few
            writer = Writer(clinic, conn, plan, Strangers(chance or random.SystemRandom()))
            writer.into(package, watch)
            told = {
                "codebook.csv": written(RESEARCH),
                "codebook.md": in_words(RESEARCH, writer.used.instruments(), writer.used.checklists()),
                "README.txt": f"{mark.told}\n\n{HOLDS}\n",
            }
            package.finish(told, writer.used.licences())
        found = _disclosure(number, least, patients, plan, writer, package.rows)
        paper = work / beside.name
        paper.write_text(report(found), encoding="utf-8")
        detail: dict[str, object] = {
            "export": number, "as": "research", "account": account, "patients": len(plan.courses),
        }  # fmt: skip
        taking_out.take_out(clinic, folder, target, now, detail, {paper: beside})
    return Exported(target, number, package.rows), found, beside


HOLDS = """datapackage.json describes every file (Frictionless Data Package 2.0); codebook.md says in words what each
column means, and codebook.csv the same as a table. Every row ends with the number of this export.
Names of patients and therapists are made for this export alone. Days are made up: a patient’s first session falls on a
day drawn at random, the others as many days after it as they did. Look for nobody, join this with nothing that could
tell who somebody is, and pass it on to nobody."""


def _too_few(patients: Patients, there: int, least: int) -> str:
    return (
        f"An export for research needs at least {least} patients who agreed to it, have had a session and share their"
        f" questionnaire with as many; there are {there}. Of {patients.all:,} patients, {patients.agreed:,} agreed. A"
        " therapist notes it on the page of the patient’s data"
    )


def _disclosure(
    number: str, least: int, patients: Patients, plan: Plan, writer: Writer, rows: Mapping[str, int]
) -> Disclosure:
    cut = [one for one in plan.courses.values() if one.sessions > plan.longest or one.days > plan.days]
    return Disclosure(
        number=number,
        least=least,
        everybody=patients.all,
        agreed=patients.agreed,
        waiting=patients.waiting,
        without=patients.without,
        groups=Groups.of(plan.told),
        longest=plan.longest,
        days=plan.days,
        cut=len(cut),
        sessions_cut=sum(one.sessions for one in plan.courses.values()) - rows["sessions"],
        questionnaires=plan.rare,
        left_out=plan.left_out,
        ticks=plan.rare_ticks,
        disputed=writer.disputed,
        patterns=alone(writer.patterns),
        first=FIRST,
    )
