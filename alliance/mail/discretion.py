"""Words that would tell somebody who glances at a mailbox what a message is about."""

from __future__ import annotations

# Beginnings of words, in small letters; a word tells if it begins like one of these, or a longer one contains it.
TELLING: dict[str, tuple[str, ...]] = {
    "en": (
        *("therap", "psych", "mental", "health", "session", "patient", "clinic", "hospital", "treatment"),
        *("doctor", "medic", "counsel", "appointment", "depress", "anxi", "trauma", "crisis", "suicid"),
        *("diagnos", "questionnaire", "your answers", "how was it", "well-being", "wellbeing", "illness"),
    ),
    "es": (
        *("terap", "psic", "sicolog", "salud", "mental", "sesión", "sesion", "pacient", "clínic", "clinic"),
        *("hospital", "tratamient", "médic", "medic", "doctor", "consulta", "depres", "ansiedad", "crisis"),
        *("suicid", "diagn", "cuestionario", "cita con", "enferm"),
    ),
    "de": (
        *("therap", "psych", "gesund", "sitzung", "patient", "klinik", "praxis", "krank", "behandl", "arzt"),
        *("ärzt", "beratung", "depress", "angst", "trauma", "krise", "suizid", "diagnos", "fragebogen"),
        *("termin", "seelisch", "seele"),
    ),
    "tr": (
        *("terapi", "terapist", "psik", "sağlık", "seans", "hasta", "klinik", "tedavi", "doktor", "hekim"),
        *("oturum", "danışan", "danışman", "depres", "kaygı", "travma", "kriz", "intihar", "tanı", "anket"),
        *("randevu", "ruhsal"),
    ),
    "ar": (
        *("علاج", "معالج", "نفسي", "النفس", "صحة", "الصح", "جلسة", "جلسات", "الجلس", "مريض", "مرضى"),
        *("عيادة", "مستشفى", "طبيب", "دكتور", "اكتئاب", "قلق", "صدمة", "أزمة", "انتحار", "تشخيص"),
        *("استبيان", "موعد"),
    ),
}
# Some beginnings are harmless in a longer or another word of the same language.
HARMLESS = ("tanıdı", "tanım", "spanisch", "determin", "termination")


def telling(text: str, *tags: str) -> list[str]:
    """Which of the telling words of these languages, or of all, stand in this text."""
    plain = text.casefold()
    for word in HARMLESS:
        plain = plain.replace(word, "")
    wanted = tags or tuple(TELLING)
    return sorted({word for tag in wanted for word in TELLING[tag] if word in plain})
