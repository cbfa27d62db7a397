"""SMART's own client, as a record system would use it, against a server in a process of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.capabilitystatement import CapabilityStatement
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.models.questionnaire import Questionnaire
from fhirclient.models.questionnaireresponse import QuestionnaireResponse
from fhirclient.server import FHIRUnauthorizedException

from alliance.actions import fhir_tokens
from alliance.domain.fhir_access import Scope
from tests.actions.stories import course
from tests.cast import Cast, fresh
from tests.fhir import allow
from tests.served import HOST, serving


def test_a_record_system_reads_along(cast: Cast, tmp_path: Path) -> None:
    allow(cast)
    elm = course(cast, "Elm 9", [8, 9, 8])
    now = datetime.now(UTC)
    jonas = fresh(cast.viewer("jonas"), now)
    told = fhir_tokens.make(cast.clinic, jonas, name="Records", scopes=list(Scope), days=30, now=now)
    toml = cast.clinic.config.folder / "clinic.toml"
    toml.write_text(
        toml.read_text("utf-8").replace("https://alliance.example", f"http://{HOST}:{{port}}"), "utf-8"
    )
    with serving(cast, tmp_path) as served:
        base = f"http://{HOST}:{served.port}/fhir"
        client = FHIRClient(settings={"app_id": "records", "api_base": base})
        with pytest.raises(FHIRUnauthorizedException):
            Patient.read("p1", client.server)
        client.server.session.headers["Authorization"] = f"Bearer {told}"
        statement = CapabilityStatement.read_from("metadata", client.server)
        assert statement.fhirVersion == "4.0.1"

        patients = list(Patient.where({}).perform_resources_iter(client.server))
        assert sorted(one.identifier[0].value for one in patients) == ["Alder 14", "Elm 9"]

        search = {"patient": f"p{elm.id}", "code": "after-session.alliance", "_count": "2"}
        scores = list(Observation.where(search).perform_resources_iter(client.server))
        assert [one.valueQuantity.value for one in scores] == [80, 90, 80]
        assert client.server.session.get(f"{base}/Patient?_count=1").json()["total"] == 2

        [first, *_] = scores
        answer = first.derivedFrom[0].resolved(QuestionnaireResponse) or QuestionnaireResponse.read(
            first.derivedFrom[0].reference.partition("/")[2], client.server
        )
        asked, _, version = answer.questionnaire.partition("|")
        form = Questionnaire.read(asked.rpartition("/")[2], client.server)
        assert (form.url, form.version, form.title) == (asked, version, "After session")
        rated = {item.linkId: item.answer[0].valueInteger for group in answer.item[:4] for item in group.item}
        assert len(rated) == 12 and rated["safe"] == 8 and rated["held"] == 2
        session = client.server.session
        assert (
            session.get(f"{base}/Observation", headers={"Authorization": "Bearer alliance_x"}).status_code
            == 401
        )
        session.close()
