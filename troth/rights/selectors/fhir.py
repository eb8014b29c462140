"""
What of a copy clinics exchange in the form FHIR R4, as a Bundle of the type `collection` (LAW-3.8, LAW-10.8).

It is made from the document of the copy and from nothing else: what was left out there is not here. Each resource keeps the
identifier of its row. What has no place in FHIR stands in `my-data.json` alone.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

Held = Mapping[str, Any]
Made = dict[str, Any]

#: The measures of the client card: LOINC code, its words, and the unit in UCUM.
_MEASURES = {
    "weight": ("29463-7", "Body weight", "kg", "kg"),
    "height": ("8302-2", "Body height", "cm", "cm"),
    "systolic": ("8480-6", "Systolic blood pressure", "mmHg", "mm[Hg]"),
    "diastolic": ("8462-4", "Diastolic blood pressure", "mmHg", "mm[Hg]"),
    "heart_rate": ("8867-4", "Heart rate", "beats/minute", "/min"),
}
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
_NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"


def bundle_of(document: Mapping[str, Any], *, kinds: frozenset[str] | None = None) -> Made:
    """The Bundle. `kinds`: only entries of these types, such as `records.observation`."""
    held = [
        each for each in document["held"] if not each.get("held_back") and (kinds is None or each["type"] in kinds)
    ]
    patient = _patient(document["subject"], held)
    about = {"reference": f"urn:uuid:{UUID(document['subject'])}"}
    made = [patient]
    for each in held:
        resource = _MAKERS.get(each["type"])
        if resource is not None:
            made.append(
                {
                    **resource(each, _values(each)),
                    "id": str(UUID(each["id"])),
                    "meta": {"lastUpdated": each["changed_at"]},
                    ("patient" if each["type"] == "records.allergyintolerance" else "subject"): about,
                }
            )
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": document["made_at"],
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in made],
    }


def _values(each: Held) -> dict[str, Any]:
    return {field["name"]: field["value"] for field in each["fields"] if field["value"] not in (None, "")}


def _patient(subject: str, held: list[Held]) -> Made:
    made: Made = {"resourceType": "Patient", "id": str(UUID(subject))}
    for each in held:
        said = _values(each)
        if each["type"] == "people.identity":
            name = {
                "use": "official",
                **({"family": said["family_name"]} if "family_name" in said else {}),
                **({"given": [said["given_name"]]} if "given_name" in said else {}),
                **({"prefix": [said["title"]]} if "title" in said else {}),
            }
            made["name"] = [name]
            if "nhs_number" in said:
                made["identifier"] = [{"system": _NHS_NUMBER, "value": said["nhs_number"]}]
            if "born_on" in said:
                made["birthDate"] = said["born_on"]
        elif each["type"] == "people.contact":
            made["telecom"] = [
                {"system": system, "value": said[name]}
                for system, name in (("phone", "telephone"), ("email", "email"))
                if name in said
            ]
            address = {
                **({"text": said["address"]} if "address" in said else {}),
                **({"postalCode": said["postcode"]} if "postcode" in said else {}),
            }
            made |= {"address": [address]} if address else {}
            made = {key: value for key, value in made.items() if value}
    return made


def _allergy(each: Held, said: dict[str, Any]) -> Made:
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]},
        "verificationStatus": {
            "coding": [{"system": _VERIFICATION, "code": said.get("verification", "unconfirmed")}]
        },
        "criticality": said.get("criticality", "unable-to-assess"),
        "code": {"text": said.get("substance", "")},
        "recordedDate": each["recorded_at"],
        **({"onsetString": said["since"]} if "since" in said else {}),
        **({"reaction": [{"manifestation": [{"text": said["reaction"]}]}]} if "reaction" in said else {}),
    }


def _medicine(each: Held, said: dict[str, Any]) -> Made:
    return {
        "resourceType": "MedicationStatement",
        "status": "unknown",
        "medicationCodeableConcept": {"text": said.get("medicine", "")},
        "dateAsserted": each["recorded_at"],
        **({"dosage": [{"text": said["dose"]}]} if "dose" in said else {}),
        **({"reasonCode": [{"text": said["reason"]}]} if "reason" in said else {}),
        **({"note": [{"text": f"Since: {said['since']}"}]} if "since" in said else {}),
    }


def _observation(each: Held, said: dict[str, Any]) -> Made:
    code, words, unit, ucum = _MEASURES.get(said.get("measure", ""), ("", said.get("measure", ""), "", ""))
    quantity: Made = {"value": _number(said.get("value")), "unit": unit}
    if ucum:
        quantity |= {"system": "http://unitsofmeasure.org", "code": ucum}
    coded = {"coding": [{"system": "http://loinc.org", "code": code, "display": words}]} if code else {}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {**coded, "text": words},
        "valueQuantity": quantity,
        "effectiveDateTime": said.get("taken_on", each["recorded_at"]),
    }


def _note(each: Held, said: dict[str, Any]) -> Made:
    # A note is words, which FHIR keeps as a document; its text stands in the description, readable without decoding.
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "docStatus": "final" if said.get("status") == "signed" else "preliminary",
        "type": {"text": said.get("heading", "Note")},
        "date": each["recorded_at"],
        "description": said.get("text", ""),
        "content": [{"attachment": {"contentType": "text/plain", "title": said.get("heading", "Note")}}],
    }


def _document(each: Held, said: dict[str, Any]) -> Made:
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"text": said.get("title", "File")},
        "date": each["recorded_at"],
        "content": [
            {
                "attachment": {
                    "contentType": file["media_type"],
                    "url": file["path"],
                    "size": file["size"],
                    "title": file["name"],
                }
            }
            for file in each["files"]
        ]
        or [{"attachment": {"title": said.get("title", "File")}}],
    }


def _number(text: Any) -> Any:
    """A decimal as a JSON number where nothing of it is lost, which FHIR asks for."""
    try:
        number = float(str(text))
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


_MAKERS: dict[str, Callable[[Held, dict[str, Any]], Made]] = {
    "records.allergyintolerance": _allergy,
    "records.medicationstatement": _medicine,
    "records.observation": _observation,
    "records.clinicalnote": _note,
    "records.documentreference": _document,
}
