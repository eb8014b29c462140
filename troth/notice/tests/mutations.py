"""For each code, changes to the clean pack that must show it. Every entry takes the plain values and changes them."""

from collections.abc import Callable
from typing import Any

from troth.notice.tests.factories import row

Values = dict[str, Any]
Change = Callable[[Values], object]


def _purpose(purpose: str, **new: Any) -> Change:
    return lambda values: row(values, purpose).update(new)


def _without(purpose: str, *names: str) -> Change:
    def change(values: Values) -> None:
        for name in names:
            del row(values, purpose)[name]

    return change


def _part(name: str, **new: Any) -> Change:
    return lambda values: values.setdefault(name, {}).update(new)


def _gone(name: str, *parts: str) -> Change:
    def change(values: Values) -> None:
        if not parts:
            del values[name]
        for part in parts:
            del values[name][part]

    return change


def _drop(purpose: str) -> Change:
    return lambda values: values.update(purposes=[each for each in values["purposes"] if each["id"] != purpose])


def _named(values: Values, part: str, key: str, value: str) -> Any:
    return next(each for each in values[part] if each[key] == value)


def _in(part: str, key: str, value: str, **new: Any) -> Change:
    return lambda values: _named(values, part, key, value).update(new)


def _rule(rule: str, **new: Any) -> Change:
    return lambda values: next(each for each in values["retention"]["rules"] if each["id"] == rule).update(new)


#: Lawful cookies that another clinic's site might set: the packs declare none but those that Troth itself sets.
_OTHERS: dict[str, Values] = {
    "visit-count": {
        "words": "Counts visits for ourselves, with a number that changes daily",
        "use": "statistics",
        "exempt": "statistics",
        "objection": "One switch on the cookie page stops it",
        "life": "1 day",
    },
    "seen-ad": {
        "words": "Counts whether an advertisement was seen",
        "use": "advertising",
        "consent": "yes, first",
        "life": "30 days",
    },
}


def _cookie(name: str, **new: Any) -> Change:
    """Change a cookie of the pack, or add one of the others with this changed."""

    def change(values: Values) -> None:
        stored = values["cookies"]["stored"]
        found = next((each for each in stored if each["name"] == name), None)
        if found is None:
            found = {"name": name, **_OTHERS[name]}
            stored.append(found)
        found.update(new)

    return change


def _asking(change: Change) -> Change:
    """A change on a site that sets a cookie which waits for consent."""

    def both(values: Values) -> None:
        _cookie("seen-ad")(values)
        change(values)

    return both


def _add(part: str, *entries: Any) -> Change:
    return lambda values: values.setdefault(part, []).extend(entries)


def _role_without_secrecy(values: Values) -> None:
    _named(values, "roles", "id", "healthcare_assistant")["secrecy"] = False


def _recipient_lost(trade: str) -> Change:
    return lambda values: values.update(recipients=[each for each in values["recipients"] if each["trade"] != trade])


def _no_right(*rights: str) -> Change:
    return lambda values: values.update(rights=[each for each in values["rights"] if each["right"] not in rights])


def _text(words: str) -> Change:
    return _part("automated_decisions", words=words)


CHANNEL = {"by": "email", "basis": "legitimate_interests", "out_in_every_message": True}
SOFT = {
    "from_own_sale": True,
    "similar_products": True,
    "refusal_at_collection": True,
    "refusal_in_every_message": True,
}

MUTATIONS: dict[str, tuple[Change, ...]] = {
    "N01": (_gone("controller"), _gone("controller", "email", "address", "telephone", "contacts")),
    "N02": (_part("controller", country="IE"),),
    "N03": (_gone("dpo", "email", "address"),),
    "N04": (_without("care", "basis"), _without("care", "title")),
    "N05": (_without("feedback", "interest"),),
    "N06": (_gone("recipients"), _in("recipients", "id", "gp", name="", words="")),
    "N07": (
        _part("transfers", routes=[]),
        lambda values: values["transfers"]["routes"][0].pop("copy_from"),
        lambda values: values["transfers"]["routes"][0].pop("mechanism"),
        lambda values: values["transfers"]["routes"][0].update(country="IN", mechanism=["idta"]),
    ),
    "N08": (
        _without("care", "retention"),
        lambda values: row(values, "care")["retention"].pop("health"),
        _without("rights", "retention"),
    ),
    "N09": (_no_right("portability"), _no_right("objection"), _gone("rights")),
    "N10": (_no_right("withdrawal"),),
    "N11": (_gone("complaints", "own"), _gone("complaints", "regulator")),
    "N12": (_without("care", "withholding"),),
    "N13": (_gone("automated_decisions"), lambda values: row(values, "eligibility")["automation"].pop("logic")),
    "N14": (_gone("changes"), _gone("changes", "new_purposes"), _part("changes", new_purposes={"told_first": False})),
    "N15": (lambda values: values["sources"]["origins"][2].pop("categories"),),
    "N16": (
        lambda values: values["sources"]["origins"][2].pop("public"),
        lambda values: values["sources"]["origins"][2].pop("words"),
    ),
    "N17": (_without("care", "schedule_1"), _without("care", "condition")),
    "N18": (lambda values: _named(values, "rights", "right", "objection").pop("shown_apart"),),
    "N19": (_gone("everyone", "plain_version"), _part("everyone", serves_children=True)),
    "N20": (_gone("cookies"), lambda values: values["laws"].remove("pecr_2003")),
    "N21": (_gone("issued"),),
    "N22": (_gone("controller", "company_number"), _gone("controller", "ico_registration")),
    "N23": (
        _cookie("visit-count", supplier="somebody"),
        _recipient_lost("hosting"),
        lambda values: values["security"]["measures"][0].update(of="somebody"),
        lambda values: values["claims"][0].update(holder="somebody"),
    ),
    "N24": (_without("care", "access"), _add("categories", {"id": "genetic"}), _purpose("feedback", categories=[])),
    "N25": (_in("recipients", "id", "hosting", contract=""),),
    "F-01": (
        lambda values: values.update(laws=["dpa_1998", "uk_gdpr"]),
        lambda values: values.update(laws=["dpa_2018"]),
        lambda values: values.update(laws=["eu_gdpr"]),
    ),
    "F-02": (_without("care", "condition"), _without("rights", "condition")),
    "F-03": (_part("bases", only=["legitimate_interests"]),),
    "F-04": (
        _purpose("care", contract_with="someone_else"),
        _purpose("enquiries", basis=["contract"]),
        lambda values: values["retention"]["after_contract"].update(basis=["contract"]),
    ),
    "F-05": (_purpose("care", basis=["contract", "consent"]),),
    "F-06": (_part("bases", listed=["contract", "legal_obligation", "legitimate_interests"]),),
    "F-07": (_without("care", "basis"), _without("accounting", "duty")),
    "F-08": (_part("sharing", says_none=True), _part("sharing", says_only=["gp"])),
    "F-09": (
        _in("recipients", "id", "mail", for_use=["marketing"]),
        _part("marketing", by_third_parties=True),
        lambda values: values["sharing"]["disclosures"].append({"use": "commercial", "to": "a trader"}),
    ),
    "F-10": (_add("recipients", {"id": "web", "name": "Kerb Websites", "trade": "website", "receives": "all"}),),
    "F-11": (lambda values: values["security"]["measures"][0].update(of="hosting", first_person=True),),
    "F-12": (
        _recipient_lost("payment"),
        lambda values: row(values, "identity_check").pop("in_house"),
        _recipient_lost("pharmacy"),
        _recipient_lost("mail"),
    ),
    "F-13": (_part("controller", unless_stated=True),),
    "F-14": (
        lambda values: values.update(categories=[each for each in values["categories"] if each["id"] != "health"]),
        _in("categories", "id", "network", open_ended=True),
    ),
    "F-15": (
        lambda values: _named(values, "categories", "id", "identity")["items"].append({"item": "cctv_footage"}),
        lambda values: _named(values, "categories", "id", "contact")["items"].append({"item": "registration_form"}),
    ),
    "F-16": (
        lambda values: _named(values, "categories", "id", "identity")["items"].append({"item": "marital_status"}),
        lambda values: _named(values, "categories", "id", "identity_document")["items"][0].pop("needed_for"),
    ),
    "F-17": (_part("everyone", nothing_identifying_asked=["website"]),),
    "F-18": (
        _part("sources", only_direct=True),
        _part("sources", unused=["gp"]),
        _part("sources", unused=["other_sites"], combined=["other_sites"]),
    ),
    "F-19": (
        _part("marketing", channels=[CHANNEL]),
        *(_part("marketing", channels=[{**CHANNEL, "soft_opt_in": {**SOFT, fact: False}}]) for fact in SOFT),
        _part("marketing", channels=[{**CHANNEL, "basis": "consent", "opt_out_box": True}]),
        _part("marketing", by_third_parties=True),
        _purpose("advertising", basis=["legitimate_interests"], interest="Good advertisements"),
    ),
    "F-20": (
        lambda values: _named(values, "rights", "right", "marketing_objection").update(limits=["purchase_data"]),
    ),
    "F-21": (_part("marketing", ways_out=["telephone"]), _part("marketing", ways_out=["telephone", "post"])),
    "F-22": (
        _part("marketing", tracking={"opens": True}),
        _part("marketing", tracking={"clicks": True, "consent": "where required"}),
    ),
    "F-23": (
        lambda values: row(values, "marketing")["categories"].append("health"),
        _part("marketing", profiling={"basis": "legitimate_interests"}),
        _part("marketing", profiling={"basis": "legitimate_interests", "health": True}),
    ),
    "F-24": (
        _cookie("seen-ad", consent="where required"),
        _cookie("seen-ad", consent="not asked"),
        _cookie("visit-count", shared=True),
        _cookie("troth_session", use=["advertising"]),
        _cookie("visit-count", use=["statistics", "tailoring"]),
        _asking(_part("cookies", refusal=["browser"])),
    ),
    "F-25": (_part("cookies", statistics_only=True),),
    "F-26": (_cookie("visit-count", set_by="internet_provider"), _part("cookies", ask_by_themselves=True)),
    "F-27": (
        _no_right("restriction"),
        _no_right("portability"),
        _no_right("marketing_objection"),
        _gone("complaints", "regulator"),
    ),
    "F-28": (lambda values: values["rights"][1].pop("within"),),
    "F-29": (
        lambda values: values["rights"][1].update(demands=["writing"]),
        lambda values: values["rights"][1].update(demands=["named_person"]),
    ),
    "F-30": (
        lambda values: _named(values, "rights", "right", "erasure").update(absolute=True),
        lambda values: _named(values, "rights", "right", "erasure").update(limits=["ongoing_relationship"]),
    ),
    "F-31": (_part("automated_decisions", says_nothing_is_automated=True), _gone("automated_decisions")),
    "F-32": (
        _gone("complaints", "own"),
        lambda values: values["complaints"]["own"].pop("acknowledged_within_days"),
        lambda values: values["complaints"]["own"].update(acknowledged_within_days=31),
        lambda values: values["complaints"]["own"].update(routes=["post"]),
    ),
    "F-33": (
        _rule("contact", limbs=[]),
        _rule("contact", limbs=[{"trigger": "last_contact"}]),
        _rule("contact", limbs=[], criteria="We keep it as long as necessary"),
        _rule("contact", reason="", source=""),
        lambda values: values["retention"].update(rules=[]),
    ),
    "F-34": (
        _rule(
            "contact",
            limbs=[
                {"trigger": "contract_end", "period": "7 years"},
                {"trigger": "last_contact", "period": "2 years"},
            ],
        ),
        _rule("contact", limbs=[{"trigger": "other", "period": "2 years"}]),
    ),
    "F-35": (
        _rule("contact", end="deactivate"),
        _rule("care_record", limbs=[{"trigger": "last_contact", "period": "36 months"}]),
    ),
    "F-36": (_purpose("identity_check", retention="care_record"), _without("enquiries", "retention")),
    "F-37": (
        lambda values: values["retention"]["anonymising"].pop("test"),
        lambda values: values["retention"].update(anonymising={"on_request": True}),
    ),
    "F-38": (
        _part("transfers", border="EEA"),
        _part("transfers", hosted_in=["US"]),
        _part("transfers", none=True),
        _part("transfers", routes=[]),
        _in("recipients", "id", "mail", country="US"),
        lambda values: values["transfers"]["routes"][0].update(mechanism=["eu_sccs"]),
        lambda values: values["transfers"]["routes"][0].update(country="US"),
        lambda values: values["transfers"]["routes"][0].update(mechanism=["dpf_uk_extension"]),
    ),
    "F-39": (
        _part("security", disclaimers=[{"about": "sending_data", "at_own_risk": True}]),
        _part("security", disclaimers=[{"about": "stored_data", "at_own_risk": True}]),
    ),
    "F-40": (
        _add("claims", {"kind": "compliance", "name": "GDPR compliant"}),
        _add("claims", {"kind": "certificate", "name": "ISO 27001"}),
        _add(
            "claims",
            {
                "kind": "certificate",
                "name": "ISO 27001",
                "number": "1",
                "dated": "2020-01-01",
                "expires": "2023-01-01",
            },
        ),
    ),
    "F-41": (
        lambda values: values["controller"]["contacts"][1].update(value="see the contact page"),
        lambda values: (
            values["security"].update(no_details_by_email=True),
            values["rights"][1].update(routes=["email", "post"]),
        ),
    ),
    "F-42": (_gone("everyone", "children"), _gone("everyone", "capacity"), _gone("everyone", "deceased")),
    "F-43": (
        _part("marketing", way_out_contacts=[]),
        _part("controller", contacts=[]),
        _add("links", {"words": "Here"}),
        _add("pointers", {"words": "See below", "to": "lawful_bases"}),
        _purpose("care", retention="nowhere"),
        lambda values: row(values, "care")["recipients"].append("nobody"),
        lambda values: row(values, "care")["access"].update(ghost={"actions": ["read"]}),
        lambda values: values["retention"].update(default="nowhere"),
        lambda values: values["transfers"]["routes"][0].update(recipient="nobody"),
        lambda values: values["controller"]["contacts"][2].update(value=""),
    ),
    "F-44": (
        _gone("controller", "legal_name"),
        _gone("controller", "address"),
        _gone("controller"),
        _part("dpo", email="Care@Aldersyke.example"),
        lambda values: values["controller"].update(company_number="", group={"name": "G", "company_number": "1"}),
    ),
    "F-45": (_part("scope", only=["website"]),),
    "F-46": (lambda values: [each.pop("withholding") for each in values["purposes"]],),
    "F-47": (_add("speaks_of", {"matter": "product_warranty"}),),
    "F-48": (
        _part("changes", may_only=True),
        _gone("changes"),
        _gone("issued"),
        lambda values: values.update(issued="2024-11-22"),
        _part("changes", announced_by=[]),
    ),
    "F-49": (lambda values: values["rights"].append(values["rights"][1]),),
    "F-50": (_purpose("marketing", bundled_with=["registration"]),),
    "F-51": (
        lambda values: values["sharing"]["disclosures"].append({"use": "sale", "to": "a buyer", "prospective": True}),
    ),
    "K01": tuple(
        _drop(purpose)
        for purpose in ("account_security", "rights", "security_log", "legal_claims", "find", "emergency")
    ),
    "K02": (
        _purpose("rights", categories=["identity"]),
        lambda values: row(values, "rights")["access"].pop("self"),
        lambda values: row(values, "rights")["access"].pop("privacy_officer"),
        lambda values: row(values, "rights")["access"]["self"].update(actions=["read", "write"]),
        lambda values: row(values, "rights")["access"]["self"].update(categories=["identity"]),
    ),
    "K03": (
        lambda values: row(values, "emergency")["access"].update(patient_support={"actions": ["read"]}),
        _purpose("emergency", access={}),
        _purpose("emergency", basis=["contract"]),
        lambda values: row(values, "emergency")["access"].update(self={"actions": ["read"]}),
    ),
    "K04": (
        _purpose("find", categories=["identity", "contact", "health"]),
        lambda values: row(values, "find")["access"]["finance"].update(actions=["read", "export"]),
    ),
    "K05": (
        lambda values: row(values, "account_security")["access"].pop("self"),
        lambda values: row(values, "account_security")["access"]["service"].update(actions=["read"]),
    ),
    "K06": (
        _add("roles", {"id": "finance", "name": "Finance again"}),
        _add("roles", {"id": "self", "name": "Self"}),
        lambda values: values["purposes"].append(values["purposes"][0]),
        lambda values: values["categories"].append(values["categories"][0]),
        lambda values: values["recipients"].append(values["recipients"][0]),
        lambda values: values["retention"]["rules"].append(values["retention"]["rules"][0]),
    ),
    "K07": (
        lambda values: row(values, "care")["access"]["self"].update(actions=[]),
        lambda values: row(values, "care")["access"]["self"].update(categories=["financial"]),
    ),
    "K08": (_rule("machine_addresses", limbs=[{"trigger": "created", "period": "3 days"}]),),
    "A01": (
        _purpose("site_statistics", categories=["health"], condition=["health_care"]),
        lambda values: row(values, "marketing").update(condition=["health_care"]),
    ),
    "A02": (
        _purpose("service_statistics", basis=["consent"], bundled_with=["care"]),
        _purpose("care", condition=["explicit_consent"]),
    ),
    "A03": (_without("rights", "policy_document"),),
    "A04": (_purpose("care", basis=["recognised_legitimate_interests"]),),
    "A05": (_role_without_secrecy,),
    "A06": (
        _purpose("care", basis=["consent"]),
        _purpose("complaints", basis=["contract"]),
        _purpose("care", condition=["health_care", "explicit_consent"]),
    ),
    "A07": (lambda values: row(values, "eligibility")["automation"].update(solely=True, significant=True),),
    "A08": (_purpose("marketing", words="By using this site you consent to receiving our news."),),
    "E01": (
        _part("marketing", ways_out=[]),
        lambda values: values["marketing"]["channels"][0].pop("out_in_every_message"),
    ),
    "E02": (_asking(_gone("cookies", "refusing_is_as_easy")),),
    "E03": (_cookie("visit-count", objection=""), _cookie("troth_look", objection="")),
    "E04": (_part("marketing", sender_named=False),),
    "E05": (_cookie("troth_look", life=" "),),
    "S01": (
        _text("You have rights under Article 22."),
        _text("article 22 (1) gives you a say."),
        _text("Art. 22(1) gives you a say."),
        _text("You have the rights in Articles 15 to 22."),
        _text("See arts 20, 21 and 22 of the UK GDPR."),
    ),
    "S02": (
        _text("Complain under Article 77."),
        _text("Under Art 77 you can complain."),
        _text("Articles 77 and 79 help you."),
    ),
    "S03": (
        lambda values: values["rights"][1].update(within="30 days"),
        lambda values: values["rights"][1].update(within="2 months"),
        lambda values: values["rights"][1].update(words="You hear from us within 30 days."),
        lambda values: values["rights"][1].update(words="We answer no later than thirty (30) days after you ask."),
        lambda values: values["rights"][1].update(words="There is a 30-day limit."),
        lambda values: values["rights"][1].update(words="We take at most 30 working days."),
    ),
    "S04": (
        _text("The regulator may fine us £500,000."),
        _text("Fines go up to £500k."),
        _text("Fines of GBP 500,000 are possible."),
        _text("It can cost £0.5 million."),
        _text("A fine may reach half a million pounds."),
    ),
    "S05": (_text("Protection there is essentially equivalent."), _text("An essentially-equivalent level is kept.")),
    "S06": (
        _text("The law knows six lawful bases."),
        _text("One of the 6 legal grounds always holds."),
        _text("There are six different legal bases."),
        _text("There are six grounds."),
    ),
    "S07": (_in("rights", "right", "access", words="Get a copy within 40 days."),),
}
