"""Faults as clinics write them, other than those of `mutations`, and what looks like each and is none."""

from typing import Any

from troth.notice.tests.factories import row
from troth.notice.tests.mutations import (
    Change,
    Values,
    _add,
    _asking,
    _cookie,
    _drop,
    _gone,
    _in,
    _named,
    _part,
    _purpose,
    _recipient_lost,
    _rule,
    _text,
)


def _right(name: str, **new: Any) -> Change:
    return lambda values: _named(values, "rights", "right", name).update(new)


def _all(*changes: Change) -> Change:
    def change(values: Values) -> None:
        for each in changes:
            each(values)

    return change


def _items(category: str, *items: Any) -> Change:
    return lambda values: _named(values, "categories", "id", category)["items"].extend(items)


def _kept(purpose: str, **rules: str) -> Change:
    return lambda values: row(values, purpose)["retention"].update(rules)


def _used(purpose: str, category: str, rule: str) -> Change:
    def change(values: Values) -> None:
        row(values, purpose)["categories"].append(category)
        row(values, purpose)["retention"][category] = rule

    return change


def _route(**new: Any) -> Change:
    return lambda values: values["transfers"]["routes"][0].update(new)


def _disclosed(**new: Any) -> Change:
    return lambda values: values["sharing"]["disclosures"].append(new)


AGENCY = {"id": "agency", "name": "Brightwell Media", "trade": "marketing_partner", "receives": ["contact"]}
MAILS = {"by": "email", "basis": "consent", "out_in_every_message": True}

FRESH: dict[str, tuple[Change, ...]] = {
    "N02": (_part("controller", country="Ireland"),),
    "N04": (_purpose("care", title="  "),),
    "N05": (_purpose("feedback", interest=" "),),
    "N07": (_route(mechanism=["idta"], risk_assessment=" ", copy_from="Ask us"),),
    "N11": (lambda values: values["complaints"].update(regulator={"name": "The Commissioner"}),),
    "N12": (
        lambda values: row(values, "care")["withholding"].pop("if_not"),
        lambda values: row(values, "staff")["withholding"].update(required_by="law", if_not=""),
    ),
    "N16": (_gone("sources"), _part("sources", combined=["partner"])),
    "N17": (
        _purpose("care", schedule_1="Part 2 paragraph 6"),
        _purpose("rights", schedule_1="Part 1 paragraph 2"),
    ),
    "N18": (_right("marketing_objection", shown_apart=False),),
    "N20": (
        _all(lambda values: values["laws"].remove("pecr_2003"), _part("cookies", none=True, stored=[])),
        _part("cookies", none=True),
        _part("cookies", stored=[]),
    ),
    "N23": (_cookie("visit-count", set_by="supplier"),),
    "F-01": (
        _text("We are registered under the Data Protection Act 1998."),
        _purpose("accounting", duty="Data Protection Act, 1988"),
    ),
    "F-04": (_purpose("legal_claims", contract_with="ended", basis=["contract"]),),
    "F-07": (
        _purpose("accounting", duty="Our legal duties"),
        _purpose("accounting", duty="the law"),
        _purpose("accounting", duty=" "),
    ),
    "F-08": (
        _all(
            _part("sharing", says_only=list(dict.fromkeys(["gp", "pharmacy"]))),
            lambda values: values.update(recipients=[each for each in values["recipients"] if each["trade"] == "gp"]),
            _disclosed(use="commercial", to="selected firms"),
        ),
    ),
    "F-09": (
        _all(
            _part("sharing", says_never_for=["fraud"]),
            _add("recipients", {"id": "hunter", "name": "Cifas pool", "trade": "fraud_exchange"}),
        ),
    ),
    "F-10": (
        _all(
            _add("recipients", {"id": "webfirm", "name": "Kerb Websites", "trade": "analytics"}),
            lambda values: row(values, "care")["recipients"].append("webfirm"),
        ),
    ),
    "F-12": (
        _all(
            _drop("payment"),
            _recipient_lost("payment"),
            lambda values: values["sources"]["origins"].append(
                {
                    "origin": "payment_firm",
                    "words": "The firm that takes cards",
                    "categories": ["financial"],
                    "public": False,
                }
            ),
        ),
    ),
    "F-13": (
        lambda values: values["scope"]["covers"].append("instructed_work"),
        _add(
            "purposes",
            {
                "id": "medical_reporting",
                "title": "Reports for insurers",
                "basis": ["legitimate_interests"],
                "interest": "x",
            },
        ),
    ),
    "F-14": (
        lambda values: values["sources"]["origins"][0].update(categories=["cctv"]),
        _in("recipients", "id", "mail", receives=["contact", "call_recording"]),
        _in("categories", "id", "usage", words="", items=[]),
        _in("categories", "id", "usage", words="Pages you visit, your browser and other technology"),
        _in("categories", "id", "usage", words="Pages you visit, your browser, etc."),
    ),
    "F-16": (
        _all(_add("categories", {"id": "genetic", "words": "Your genes"}), _used("care", "genetic", "care_record")),
        _all(
            _add("categories", {"id": "ethnic", "words": "Where your family comes from", "items": ["ethnic_origin"]}),
            _used("care", "ethnic", "care_record"),
        ),
        _items("contact", {"item": "social_profile", "needed_for": ["marketing"]}),
    ),
    "F-17": (_part("everyone", nothing_identifying_asked=["email"]),),
    "F-19": (
        _purpose("marketing", basis=["contract"]),
        _add("recipients", {**AGENCY, "kind": "controller"}),
        _in("recipients", "id", "courier", for_use=["marketing"]),
        _part("marketing", channels=[{"by": "sms", "basis": "contract", "out_in_every_message": True}]),
        _part("marketing", channels=[{"by": "email", "out_in_every_message": True}]),
    ),
    "F-20": (
        _right("marketing_objection", demands=["reason"]),
        _right("marketing_objection", demands=["fee"]),
        _right("objection", limits=["product_warranty"]),
    ),
    "F-21": (
        _right("marketing_objection", routes=["telephone"]),
        _right("withdrawal", routes=["post", "in_person"]),
    ),
    "F-22": (_all(_items("usage", "email_use"), lambda values: values["marketing"].pop("tracking", None)),),
    "F-23": (
        _used("marketing", "photograph", "care_record"),
        _part("marketing", profiling={"health": True}),
        _part("marketing", profiling={"basis": "consent", "health": True}),
    ),
    "F-24": (
        _cookie("visit-count", exempt=None, consent="yes, first", basis="legitimate_interests"),
        _all(
            _add(
                "recipients",
                {
                    "id": "counter",
                    "name": "Hitwise",
                    "trade": "analytics",
                    "kind": "controller",
                    "receives": ["usage"],
                },
            ),
            _cookie("visit-count", supplier="counter"),
        ),
        _cookie("visit-count", exempt="strictly_necessary"),
    ),
    "F-25": (
        _all(
            _part("cookies", statistics_only=True),
            _part("marketing", profiling={"basis": "consent"}),
            _cookie("seen-ad", use=["statistics"]),
        ),
    ),
    "F-27": (
        _all(
            lambda values: row(values, "eligibility").update(
                automation={"solely": True, "logic": "x", "consequences": "y", "human_review": "z"}
            ),
            lambda values: values.update(
                rights=[each for each in values["rights"] if each["right"] != "automated_decisions"]
            ),
        ),
        _all(
            _gone("marketing"),
            lambda values: values.update(
                rights=[each for each in values["rights"] if each["right"] != "marketing_objection"]
            ),
        ),
    ),
    "F-29": (
        _right("access", demands=["fee"]),
        _right("access", routes=["post"]),
        _right("access", demands=["reason"]),
        _right("erasure", routes=["in_person"]),
    ),
    "F-30": (_right("withdrawal", limits=["purpose_still_needs_it"]), _right("erasure", limits=["purchase_data"])),
    "F-32": (lambda values: values["complaints"]["own"].update(acknowledged_within_days=42),),
    "F-33": (
        _rule(
            "contact",
            limbs=[],
            criteria="For as long as is reasonably necessary to fulfil the purposes we collected it for, including any legal,"
            " accounting or reporting requirements",
        ),
        _rule("contact", limbs=[], criteria="No longer than we need it for our business and regulatory obligations"),
        _rule("contact", limbs=[], criteria="In line with our retention policy"),
        _rule("contact", source="", reason="Legal and business requirements"),
        _rule("contact", limbs=[], criteria="Indefinitely"),
        _rule("contact", limbs=[], criteria="As long as we need it to provide our services to you"),
        _rule("contact", limbs=[], criteria="For different periods, depending on the type of information"),
    ),
    "F-34": (
        _rule(
            "contact",
            limbs=[{"trigger": "contract_end", "period": "7 years"}, {"trigger": "created", "period": "2 years"}],
            whichever="either",
        ),
    ),
    "F-35": (
        _rule("care_record", limbs=[{"trigger": "created", "period": "3 years"}]),
        _rule("care_record", limbs=[{"trigger": "case_closed", "period": "24 months"}]),
        _rule(
            "care_record",
            limbs=[
                {"trigger": "last_contact", "period": "8 years"},
                {"trigger": "birth", "until_age": 18, "words": "children"},
            ],
            whichever="the later",
        ),
    ),
    "F-36": (
        _kept("identity_check", identity_document="care_record"),
        _all(
            _add("categories", {"id": "cctv", "words": "Pictures of our door", "items": ["cctv_footage"]}),
            _add(
                "purposes",
                {
                    "id": "cctv",
                    "title": "Cameras",
                    "basis": ["legitimate_interests"],
                    "interest": "Safety",
                    "categories": ["cctv"],
                    "retention": "care_record",
                },
            ),
        ),
    ),
    "F-38": (
        _route(country="IN", mechanism=["eu_sccs", "dpf_uk_extension"], copy_from="Ask us"),
        _route(country="US", mechanism=["adequacy", "eu_sccs"]),
        _route(mechanism=["derogation"], copy_from="Ask us"),
        _in("recipients", "id", "hosting", country="Philippines"),
        _part("transfers", border="EU"),
    ),
    "F-40": (
        _add("claims", {"kind": "certificate", "name": "Cyber Essentials", "number": "1", "dated": "2027-11-01"}),
        _add("claims", {"kind": "superlative", "name": "The safest clinic in Britain"}),
    ),
    "F-41": (
        _part("controller", email="via our website"),
        _part("dpo", email="Data Protection Officer"),
    ),
    "F-43": (
        _add("links", {"words": "Cookie page", "to": "#"}),
        _add("links", {"words": "Cookie page", "to": "coming soon"}),
        _part("controller", address="[insert registered office]"),
        _purpose("care", words="TBC"),
        _add("links", {"words": "ICO", "to": "http://"}),
        lambda values: values["controller"]["contacts"][2].update(value="see above"),
    ),
    "F-44": (
        lambda values: values["dpo"].update(name="", role=""),
        lambda values: values["controller"].update(
            group={"name": "G plc", "company_number": values["controller"]["company_number"]}
        ),
        _part("controller", legal_name=" "),
    ),
    "F-46": (lambda values: [each["withholding"].update(if_not="") for each in values["purposes"]],),
    "F-50": (lambda values: row(values, "marketing")["withholding"].update(required_by="contract"),),
    "F-51": (_disclosed(use="sale", to="bidders and their advisers", prospective=True, categories=["photograph"]),),
    "E01": (_gone("marketing"), _part("marketing", none=True)),
    "E02": (_asking(_part("cookies", refusing_is_as_easy=False)),),
    "S01": (_text("You may rely on Article 22 UK GDPR, or Articles 13, 14 and 22."),),
    "S03": (
        _right("access", words="You will receive a reply in 30 days of asking."),
        _right("erasure", within="40 days"),
    ),
}

SILENT: dict[str, Change] = {
    "N02": _part("controller", country="United Kingdom"),
    "N02 small letters": _part("controller", country="gb"),
    "N12 choice": lambda values: row(values, "feedback")["withholding"].update(if_not=""),
    "N17": _purpose("care", schedule_1="DPA 2018, Schedule 1, Part 1, para. 2"),
    "F-01": _text(
        "The Data Protection Act 2018, the Access to Health Records Act 1990 and the Finance Act 1998 apply."
    ),
    "F-03": _part(
        "bases",
        only=[
            "contract",
            "legal_obligation",
            "legitimate_interests",
            "consent",
            "vital_interests",
            "recognised_legitimate_interests",
        ],
    ),
    "F-04": _purpose("enquiries", contract_with="nobody"),
    "F-05": _purpose("care", basis="contract"),
    "F-06": _part(
        "bases",
        listed=[
            "contract",
            "legal_obligation",
            "legitimate_interests",
            "consent",
            "vital_interests",
            "recognised_legitimate_interests",
            "public_task",
        ],
    ),
    "F-07": _purpose("accounting", duty="Companies Act, section 388"),
    "F-08": _part("sharing", says_none=False, says_only=[]),
    "F-09": _part("sharing", says_never_for=["market_research"]),
    "F-10": _all(
        _add(
            "recipients",
            {
                "id": "webfirm",
                "name": "Kerb Websites",
                "trade": "website",
                "receives": ["usage", "network"],
                "contract": "A1",
            },
        )
    ),
    "F-11": lambda values: values["security"]["measures"][0].update(of="us", first_person=True),
    "F-12": _all(
        _recipient_lost("pharmacy"),
        _purpose("prescribing", in_house=True),
        lambda values: [
            each.update(recipients=[r for r in each.get("recipients", []) if r != "pharmacy"])
            for each in values["purposes"]
        ],
    ),
    "F-13": _part("controller", unless_stated=True, instructed_work="Processor for the employer who sends you"),
    "F-14": _in("categories", "id", "usage", words="How you and other people use the site"),
    "F-16": _all(
        _add(
            "categories",
            {"id": "ethnic", "words": "Family origin", "items": [{"item": "ethnic_origin", "needed_for": ["care"]}]},
        ),
        _used("care", "ethnic", "care_record"),
    ),
    "F-17": _part("everyone", nothing_identifying_asked=["events"]),
    "F-18": _part("sources", unused=["other_sites", "partner"], combined=["gp"]),
    "F-19 post": lambda values: values["marketing"]["channels"].append(
        {"by": "post", "basis": "legitimate_interests", "out_in_every_message": True}
    ),
    "F-19 agency": _all(
        _part("sharing", says_never_for=[]), _add("recipients", {**AGENCY, "kind": "processor", "contract": "A 3"})
    ),
    "F-21": _right("withdrawal", routes=["telephone", "form"]),
    "F-22": _all(
        _items("usage", "email_use"),
        lambda values: values["marketing"].update(tracking={"opens": True, "consent": "yes, first"}),
    ),
    "F-24": _all(
        _add(
            "recipients",
            {"id": "counter", "name": "Hitwise", "trade": "analytics", "receives": ["usage"], "contract": "A 4"},
        ),
        _cookie("visit-count", supplier="counter"),
    ),
    "F-24 consent": _cookie("visit-count", exempt=None, consent="yes, first", basis="consent"),
    "F-25": _all(_part("cookies", statistics_only=False)),
    "F-29": _right("access", demands=["identity_if_doubted"], routes=["post", "email"]),
    "F-29 objection": _right("objection", demands=["reason"]),
    "F-33": _rule(
        "contact",
        limbs=[],
        criteria="As long as necessary: until your last question is answered and the guarantee has run out",
    ),
    "F-33 patient": _rule("contact", limbs=[], criteria="While you are our patient"),
    "F-33 tax": _rule("contact", source="", reason="Tax law"),
    "F-35": _rule(
        "care_record",
        words="Three years after it is written, or ten years after we last treated you",
        limbs=[{"trigger": "created", "period": "3 years"}, {"trigger": "last_contact", "period": "10 years"}],
        whichever="whichever is the later",
    ),
    "F-38": _route(country="US", mechanism=["eu_sccs", "dpf_uk_extension"], copy_from="Ask us"),
    "F-38 home": _in("recipients", "id", "hosting", country="England"),
    "F-38 small letters": _in("recipients", "id", "support_desk", country="ie"),
    "F-39": _part(
        "security",
        disclaimers=[{"about": "sending_data", "words": "No connection is wholly safe; we remain answerable."}],
    ),
    "F-40": _add(
        "claims",
        {
            "kind": "certificate",
            "name": "ISO 27001",
            "holder": "hosting",
            "number": "IS 1",
            "dated": "2025-01-01",
            "expires": "2028-01-01",
        },
    ),
    "F-41": _all(_part("security", no_details_by_email=True), _right("access", routes=["email", "account"])),
    "F-43": _add(
        "links", {"words": "Ask us", "to": "mailto:privacy@aldersyke.example"}, {"words": "Cookies", "to": "/cookies"}
    ),
    "F-44": lambda values: values["controller"].update(group={"name": "G plc", "company_number": "00000001"}),
    "F-45": lambda values: values["scope"].update(only=[*values["scope"]["covers"], "events"]),
    "F-47": _add("speaks_of", {"matter": "money_laundering", "because": "We sell devices over the limit"}),
    "F-48": lambda values: values.update(issued="2024-11-23"),
    "F-50": _purpose("registration", bundled_with=["care"]),
    "F-51": _disclosed(use="sale", to="bidders", prospective=True, anonymised=True),
    "F-51 contact": _disclosed(use="sale", to="bidders", prospective=True, categories=["financial"]),
    "S01": _text("See Articles 22A and 22B, and section 22 of the Act."),
    "S04": _text("Turnover was £1,500,000 and rent £500."),
}
