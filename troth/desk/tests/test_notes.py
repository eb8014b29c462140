"""Notes as a page has them: a template is chosen, a draft is kept while one writes, and a stale window loses nothing."""

import re
from collections.abc import Callable
from uuid import UUID

from django.test import Client
from django.urls import reverse

from troth.desk.forms.note import field_of
from troth.desk.tests.conftest import Clinic
from troth.records import services
from troth.records.models import ClinicalNote, Template, TemplateKind

SignedIn = Callable[[UUID], Client]
TYPE, PLAN = field_of("Skin type"), field_of("Plan")
KEEPS = {"HTTP_X_TROTH_KEEPS": "draft"}


def publish(clinic: Clinic) -> Template:
    return services.publish_template(
        TemplateKind.NOTE,
        title="Skin visit",
        body="Skin type: I; II; III\nPlan…",
        by=clinic.actor(clinic.prescriber),
        at=clinic.at,
    )


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]


def test_a_template_is_chosen_without_an_address_and_its_answers_are_data(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    publish(clinic)
    browser = signed_in(clinic.prescriber)
    path = reverse("desk_note_new", args=[clinic.subject])
    fresh = browser.get(path).content.decode()
    assert "Skin visit" in fresh
    asked = browser.post(
        path, {"choose": "yes", "note": hidden(fresh, "note"), "use": "skin-visit", "heading": "typed"}
    ).content.decode()
    assert 'value="typed"' in asked and "Skin type" in asked and "error-summary" not in asked
    note = hidden(asked, "note")
    wrong = browser.post(path, {"note": note, "template": "skin-visit/1", TYPE: "IX"})
    assert "Select a valid choice" in wrong.content.decode() and not ClinicalNote.objects.exists()
    assert "Write something first" in browser.post(path, {"template": "skin-visit/1"}).content.decode()
    sent = {"note": note, "template": "skin-visit/1", "heading": "", TYPE: "II", PLAN: "sentinel-plan"}
    assert browser.post(path, sent).status_code == 302
    draft = browser.get(reverse("desk_note", args=[note])).content.decode()
    assert "sentinel-plan" in draft and 'value="II" checked' in draft and "Use this template" not in draft
    reading = browser.get(reverse("desk_note_sign", args=[note])).content.decode()
    assert "sentinel-plan" in reading and "Skin type" in reading
    read = hidden(reading, "read")
    assert browser.post(reverse("desk_note_sign", args=[note]), {"read": read, "release": "held"}).status_code == 302
    for route, key in (("desk_note", UUID(note)), ("desk_card", clinic.subject), ("desk_print", clinic.subject)):
        assert "sentinel-plan" in browser.get(reverse(route, args=[key])).content.decode(), route
    answered = {"template": "skin-visit/1", "heading": "", TYPE: "I", "text": "sentinel-first\nsentinel-second"}
    assert browser.post(path, answered).status_code == 302
    printed = browser.get(reverse("desk_print", args=[clinic.subject])).content.decode()
    assert "<p>sentinel-first</p><p>sentinel-second</p>" in printed


def test_a_draft_begun_free_may_take_a_template_later(clinic: Clinic, signed_in: SignedIn) -> None:
    publish(clinic)
    browser = signed_in(clinic.prescriber)
    browser.post(reverse("desk_note_new", args=[clinic.subject]), {"heading": "First", "text": "free"})
    path = reverse("desk_note", args=[ClinicalNote.objects.get().pk])
    page = browser.get(path).content.decode()
    typed = {"heading": "First", "text": "free", "read": hidden(page, "read")}
    chosen = browser.post(path, {**typed, "choose": "yes", "use": "skin-visit"}).content.decode()
    assert "Skin type" in chosen and hidden(chosen, "template") == "skin-visit/1"
    assert browser.post(path, {**typed, "template": "skin-visit/1", TYPE: "I"}).status_code == 302
    assert 'value="I" checked' in browser.get(path).content.decode()


def test_another_template_takes_no_answer_to_another_question(clinic: Clinic, signed_in: SignedIn) -> None:
    publish(clinic)
    said = {"by": clinic.actor(clinic.prescriber), "at": clinic.at}
    services.publish_template(TemplateKind.NOTE, title="Hair visit", body="Since when\nPlan…", **said)
    browser, new = signed_in(clinic.prescriber), reverse("desk_note_new", args=[clinic.subject])
    note = hidden(browser.get(new).content.decode(), "note")
    typed = {"note": note, "template": "skin-visit/1", TYPE: "II", PLAN: "sentinel-plan", "text": "free"}
    # The page was drawn before its draft was kept: the choice goes to where the draft is kept by then.
    kept = browser.post(new, typed, **KEEPS).json()
    typed["read"] = kept["read"]
    for path in (kept["action"], new):
        shown = browser.post(path, {**typed, "choose": "yes", "use": "hair-visit"}).content.decode()
        assert hidden(shown, "template") == "hair-visit/1" and "Use this template" in shown
        since = re.search(rf'<input[^>]*name="{field_of("Since when")}"[^>]*>', shown)[0]  # type: ignore[index]
        assert "value=" not in since and re.search(rf'name="{PLAN}"[^>]*>\s*sentinel-plan', shown)
        assert "free\nSkin type: II" in shown
    unknown = browser.post(kept["action"], {**typed, "choose": "yes", "use": "made-up"}).content.decode()
    assert hidden(unknown, "template") == "skin-visit/1" and 'value="II" checked' in unknown
    free = browser.post(kept["action"], {**typed, "choose": "yes", "use": ""}).content.decode()
    assert "Skin type: II\nPlan: sentinel-plan" in free
    assert browser.post(kept["action"], {**typed, "template": "", "text": "all free"}).status_code == 302
    page = browser.get(kept["action"]).content.decode()
    assert "all free" in page and "Skin type" not in page and "Use this template" in page
    for wrong in ("skin\0visit/1", "skin-visit/x", "Skin/1"):
        assert browser.post(new, {"text": "x", "template": wrong}).status_code in (200, 302), wrong


def test_a_draft_is_kept_while_somebody_writes(clinic: Clinic, signed_in: SignedIn) -> None:
    browser = signed_in(clinic.prescriber)
    path = reverse("desk_note_new", args=[clinic.subject])
    note = hidden(browser.get(path).content.decode(), "note")
    empty = browser.post(path, {"note": note, "text": ""}, **KEEPS)
    assert empty.status_code == 409 and "Write something first" in empty.json()["said"]
    kept = browser.post(path, {"note": note, "text": "sentinel-half a word"}, **KEEPS)
    assert kept.status_code == 200 and kept.json()["action"] == reverse("desk_note", args=[note])
    assert "sentinel" not in kept.content.decode()
    # The answer was lost on its way: what is sent again is refused, and stands once. By the button the page goes on.
    lost = {"note": note, "text": "sentinel-again"}
    assert browser.post(path, lost, **KEEPS).status_code == 409
    both = browser.post(path, lost).content.decode()
    assert "sentinel-again" in both and "sentinel-half a word" in both and "As the draft stands now" in both
    knowingly = browser.post(path, {**lost, "read": hidden(both, "read")})
    assert knowingly.headers["Location"] == reverse("desk_note_sign", args=[note])
    first = {"note": note, "read": ClinicalNote.objects.get().digest(), "text": "sentinel-half a word"}
    kept = browser.post(kept.json()["action"], first, **KEEPS)
    on = {"note": note, "read": kept.json()["read"], "text": "sentinel-half a word, and more"}
    again = browser.post(kept.json()["action"], on, **KEEPS)
    assert again.status_code == 200 and again.json()["read"] != on["read"]
    stale = browser.post(kept.json()["action"], on, **KEEPS)
    assert stale.status_code == 409 and "another window" in stale.json()["said"]
    assert "and more" in browser.get(kept.json()["action"]).content.decode()
    # By the button a stale window shows both, and saving again is done knowingly.
    shown = browser.post(kept.json()["action"], {**on, "text": "mine"}).content.decode()
    assert "mine" in shown and "sentinel-half a word, and more" in shown and "As the draft stands now" in shown
    assert hidden(shown, "read") == again.json()["read"]
    assert signed_in(clinic.colleague).post(kept.json()["action"], on, **KEEPS).status_code in (403, 404)


def test_a_window_left_open_on_a_note_signed_elsewhere_is_told(clinic: Clinic, signed_in: SignedIn) -> None:
    browser = signed_in(clinic.prescriber)
    browser.post(reverse("desk_note_new", args=[clinic.subject]), {"text": "seen"})
    note = ClinicalNote.objects.get()
    signing = reverse("desk_note_sign", args=[note.pk])
    browser.post(signing, {"read": note.digest(), "release": "held"})
    late = browser.post(reverse("desk_note", args=[note.pk]), {"read": note.digest(), "text": "late"}, **KEEPS)
    assert late.status_code == 409 and "signed by now" in late.json()["said"]
    # By the button what was typed stands ready to be added.
    shown = browser.post(reverse("desk_note", args=[note.pk]), {"read": note.digest(), "text": "sentinel-late"})
    page = shown.content.decode()
    assert "sentinel-late" in page and "signed by now" in page and "seen" in page
    assert f'action="{reverse("desk_note_add", args=[note.pk])}"' in page
    added = {"addition": hidden(page, "addition"), "text": "sentinel-late", "release": "held"}
    assert browser.post(reverse("desk_note_add", args=[note.pk]), added).status_code == 302


def test_a_draft_is_thrown_away_by_its_button(clinic: Clinic, signed_in: SignedIn) -> None:
    browser = signed_in(clinic.prescriber)
    browser.post(reverse("desk_note_new", args=[clinic.subject]), {"text": "seen"})
    note = ClinicalNote.objects.get()
    sent = {"text": "", "read": note.digest(), "discard": "yes"}  # it need not be fit to be kept
    stale = browser.post(reverse("desk_note", args=[note.pk]), {**sent, "read": "made-up"}).content.decode()
    assert "another window" in stale and "As the draft stands now" in stale
    assert browser.post(reverse("desk_note", args=[note.pk]), sent).headers["Location"].endswith("?done=draft-gone")
    assert not ClinicalNote.objects.exists()


def test_templates_are_kept_by_clinicians_and_read_by_no_others(clinic: Clinic, signed_in: SignedIn) -> None:
    browser = signed_in(clinic.prescriber)
    new = reverse("desk_template_new", args=["note"])
    assert "Nothing stands here yet" in browser.get(reverse("desk_note_templates")).content.decode()
    wrong = browser.post(new, {"title": "Skin", "body": "Skin type: I"})
    assert wrong.status_code == 422 and "two or more" in wrong.content.decode()
    assert browser.post(new, {"title": "Skin", "body": "Skin type: I; II"}).status_code == 302
    listed = browser.get(reverse("desk_templates", args=["note"])).content.decode()
    assert (
        "Skin" in listed
        and "Nothing fits" in browser.get(reverse("desk_templates", args=["note"]), {"q": "zz"}).content.decode()
    )
    path = reverse("desk_template", args=["note", "skin"])
    assert "One of: I; II" in browser.get(path).content.decode()
    assert browser.post(path, {"title": "Skin", "body": "Plan…", "read": "1", "closed": "on"}).status_code == 302
    stale = browser.post(path, {"title": "Skin", "body": "Stale", "read": "1"})
    assert stale.status_code == 422 and "meanwhile" in stale.content.decode()
    assert "Not offered" in browser.get(reverse("desk_templates", args=["note"])).content.decode()
    for other in (clinic.support, clinic.finance):
        assert signed_in(other).get(path).status_code in (403, 404)
    assert browser.get(reverse("desk_templates", args=["poem"])).status_code == 404
    assert browser.get(reverse("desk_template", args=["note", "none"])).status_code == 404
