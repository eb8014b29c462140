"""Faults and near-misses written from the published schema and the list of codes alone, as a reviewer would write them."""

from troth.notice.tests.factories import row
from troth.notice.tests.fresh import _all, _items, _used
from troth.notice.tests.mutations import (
    Change,
    Values,
    _add,
    _asking,
    _cookie,
    _gone,
    _in,
    _named,
    _no_right,
    _part,
    _purpose,
    _rule,
    _text,
)

BOILERPLATE = (
    "To determine the appropriate retention period we consider the amount, nature and sensitivity of the personal data, the "
    "potential risk of harm from unauthorised use or disclosure, and the applicable legal requirements."
)


def _no_default(values: Values) -> None:
    values["retention"].pop("default", None)


def _words(category: str, words: str) -> Change:
    return _in("categories", "id", category, words=words)


UNSEEN: dict[str, tuple[Change, ...]] = {
    "N01": (
        _part("controller", legal_name="", trading_name=""),
        _part("controller", address="", email="", telephone="", contacts=[{"by": "email", "value": ""}]),
    ),
    "N03": (
        _part("dpo", email="see our website", address="", telephone=""),
        _part("dpo", email="", address="", telephone="by arrangement"),
    ),
    "N06": (
        _in("recipients", "id", "gp", name="Trusted third parties", words="", trade="supplier"),
        _in(
            "recipients",
            "id",
            "hosting",
            name="Selected partners and suppliers who work with us",
            words="",
            trade="supplier",
        ),
    ),
    "N08": (
        _all(_no_default, _purpose("feedback", retention={})),
        _all(_no_default, lambda values: row(values, "security_log").pop("retention")),
    ),
    "N09": (_no_right("restriction"), _no_right("access", "rectification"), _no_right("erasure")),
    "N10": (
        _all(
            _no_right("withdrawal"),
            _purpose("marketing", basis=["legitimate_interests"], interest="Keeping in touch"),
        ),
    ),
    "N13": (
        lambda values: row(values, "eligibility")["automation"].update(consequences=""),
        lambda values: row(values, "eligibility")["automation"].update(solely=True, human_review=""),
        _part("automated_decisions", words="  "),
    ),
    "N14": (
        _part("changes", new_purposes=None),
        _part("changes", new_purposes={"words": "We may use data for other purposes from time to time."}),
    ),
    "N15": (
        lambda values: values["sources"]["origins"].append(
            {"origin": "partner", "words": "Firms who refer people to us", "public": False}
        ),
    ),
    "N19": (_part("everyone", plain_version=" "), _part("everyone", serves_children=True, child_version="")),
    "N21": (lambda values: values.update(issued="2031-01-01"),),
    "N22": (
        _part("controller", company_number="applied for"),
        _part("controller", ico_registration="pending"),
        _part("controller", ico_registration="Registered with the ICO"),
    ),
    "N24": (_add("categories", {"id": "biometric", "words": "Fingerprints"}), _purpose("feedback", access={})),
    "F-01": (
        _text("Your rights come from the Data Protection Acts 1984 and 1998."),
        _text("We comply with the DPA 98."),
        _text("We follow Directive 95/46/EC on data protection."),
        _text("Our supplier in the United States is certified under the EU-US Privacy Shield."),
        _purpose("accounting", duty="Data Protection Act (1998), section 7"),
        _text("We hold your data under the 1998 Data Protection Act."),
        _text("Your rights come from the Data Protection Act ’98."),
    ),
    "F-02": (
        _purpose("care", condition=[]),
        _used("feedback", "photograph", "photograph"),
        _purpose("complaints", condition=[]),
    ),
    "F-03": (
        _part("bases", only=["contract", "consent"]),
        _all(
            _part(
                "bases",
                only=[
                    "contract",
                    "legal_obligation",
                    "consent",
                    "vital_interests",
                    "recognised_legitimate_interests",
                ],
            )
        ),
    ),
    "F-05": (
        _purpose("booking", basis=["contract", "consent"]),
        _purpose("rights", basis=["legal_obligation", "legitimate_interests"], interest="Answering people"),
    ),
    "F-06": (_part("bases", listed=["consent"]), _part("bases", listed=["contract", "legal_obligation", "consent"])),
    "F-11": (
        lambda values: values["security"]["measures"].append(
            {"measure": "building_passes", "words": "Our data centres are guarded day and night", "of": "hosting"}
        ),
        lambda values: values["security"]["measures"].append(
            {"measure": "encryption_at_rest", "words": "We encrypt every disk", "of": "hosting", "first_person": True}
        ),
    ),
    "F-14": (
        _words("usage", "How you use the site, including but not limited to the pages that you see"),
        _words("contact", "Your address, your telephone number and much more"),
        _words("contact", "Address, telephone, et cetera"),
        _words("identity", "Your name, among other things"),
        _words("identity", "Your name and any additional relevant details"),
        _words("usage", "Which pages you see, and when…"),
    ),
    "F-15": (_items("contact", "date_of_birth"), _items("identity", "postal_address"), _items("usage", "telephone")),
    "F-18": (
        _part("sources", only_direct=True, combined=["gp"]),
        _part("sources", unused=["gp"], combined=["gp"]),
    ),
    "F-26": (_part("cookies", ask_by_themselves=True), _asking(_cookie("seen-ad", set_by="internet_provider"))),
    "F-28": (lambda values: _named(values, "rights", "right", "portability").pop("within"),),
    "F-19": (_purpose("marketing", basis=["legitimate_interests"], interest="Keeping in touch"),),
    "F-29": (_in("rights", "right", "access", demands=["identity_always"]),),
    "F-31": (
        _text("We do not use automated decision-making of any kind."),
        _text("There is no automated processing here."),
        _part("automated_decisions", says_nothing_is_automated=True),
    ),
    "F-33": (
        _rule("contact", limbs=[], criteria=BOILERPLATE),
        _rule("contact", reason="To give a consistent service of high quality", source=""),
        _rule("contact", limbs=[], criteria="For the life of the business, in line with industry guidance"),
        _rule("contact", limbs=[], criteria="In perpetuity"),
        _rule("contact", limbs=[], criteria="For as long as is commercially prudent in the circumstances"),
    ),
    "F-37": (
        _part("retention", anonymising={"on_request": True, "test": " "}),
        _part("retention", anonymising={"kept_for_ever": True}),
        _all(_part("retention", anonymising={}), _rule("contact", end="anonymise")),
    ),
    "F-39": (
        _part("security", words="Anything that you email us is sent at the sender's sole risk."),
        _part(
            "security",
            disclaimers=[{"about": "sending_data", "words": "We are not liable for what is lost on its way to us."}],
        ),
        _part(
            "security",
            disclaimers=[{"about": "sending_data", "words": "Anything that you send us is sent at your own risk."}],
        ),
        _part(
            "security",
            disclaimers=[{"about": "stored_data", "words": "We cannot be held responsible if your data is lost."}],
        ),
        _part("security", words="The clinic accepts no liability for data that others see."),
    ),
    "F-42": (_gone("everyone", "deceased"), _part("everyone", capacity=" "), _part("everyone", children="")),
    "F-43": (
        _part("controller", website="javascript:alert(1)"),
        lambda values: values["complaints"]["regulator"].update(website="data:text/html,x"),
        _text("Write to [practice name] for more."),
        _text("Write to <insert address> for more."),
        _text("Write to {{ clinic }} for more."),
        _text("The period is tbc."),
        _text("The firm is to be determined."),
        _text("Last looked at on DD/MM/YYYY."),
        _text("This part is coming soon."),
        _text("Ask [ ] for more."),
    ),
    "F-45": (_part("scope", covers=["website", "care"], only=["website"]),),
    "F-36": (_purpose("enquiries", retention="care_record"),),
    "F-47": (_add("speaks_of", {"matter": "money_laundering"}),),
    "F-48": (
        lambda values: values.update(issued="2019-05-25"),
        _part("changes", announced_by=[]),
        _part("changes", may_only=True),
        _gone("changes"),
    ),
    "F-49": (lambda values: values["rights"].append(dict(_named(values, "rights", "right", "portability"))),),
    "K08": (
        _rule("site_use", words="Two years"),
        _rule("machine_addresses", words="Thirty (30) days", limbs=[{"trigger": "created", "period": "30 years"}]),
        _rule("care_record", words="Eight years, or until your 18th birthday"),
        lambda values: values["retention"]["rules"][0]["limbs"][0].update(period="12 years"),
        _part("retention", master_key_days=90),
        lambda values: values["complaints"]["own"].update(words="We confirm within two weeks."),
    ),
    "F-32": (lambda values: values["complaints"]["own"].update(words="We confirm within sixty days."),),
    "S07": (
        _in("rights", "right", "erasure", words="We answer you in up to two months."),
        _in("rights", "right", "access", extension="A complex request may take six further months."),
        _in("rights", "right", "portability", words="You get the file within six weeks of asking."),
    ),
    "F-38": (_in("recipients", "id", "mail", words="Sends our mail from Texas under the EU SCCs"),),
    "K06": (lambda values: values["promises"].append(values["promises"][0]),),
}

LAWFUL: dict[str, Change] = {
    "K08: twelve months for a year": _rule("site_use", words="Twelve months, and then it is gone"),
    "K08: years for months": _rule("enquiry", words="We keep a question for 6 months; nobody needs it for longer"),
    "K08: words without a time": _rule("accounts", words="As long as the tax office may ask"),
    "K08: a birthday in letters": _rule(
        "care_record", words="Eight years, or until your twenty-fifth birthday, the 25th, or the 26th if you were 17"
    ),
    "S07: the extension in the words": _in(
        "rights",
        "right",
        "access",
        words="You get a copy within one month, and within three months where it is complex.",
    ),
    "S07: backups": _in(
        "rights", "right", "erasure", words="We answer within one month. It leaves our backups within 90 days."
    ),
    "F-29: free": _in(
        "rights", "right", "access", words="You need not pay for a copy. Only further copies have a fee."
    ),
    "F-29: payments in the copy": _in(
        "rights", "right", "access", words="You get a copy within one month. Your payment history is in it."
    ),
    "F-38: the Commissioner’s own clauses": _in(
        "recipients",
        "id",
        "mail",
        words="Bound by the standard data protection clauses of the Information Commissioner",
    ),
    "F-38: clauses with the addendum": _in(
        "recipients", "id", "mail", words="Sends our mail under EU SCCs with the UK Addendum"
    ),
    "F-01 repealed": _text("The Data Protection Act 1998 was repealed; its successor is the Act of 2018."),
    "F-01 replaced": _text("The Data Protection Act 2018 replaced the Data Protection Act 1998."),
    "F-01 history": _text("Requests before 25 May 2018 fell under the Data Protection Act 1998."),
    "F-01 shield": _text("The Privacy Shield was struck down in 2020, and we do not rely on it."),
    "F-01 other acts": _text("The Human Rights Act 1998 and the Access to Medical Reports Act 1988 apply too."),
    "F-14 named": _words("contact", "How to reach you, such as an address or a telephone number"),
    "F-14 more": _words("identity", "Your name, and more than one if you use several"),
    "F-14 others": _words("usage", "Pages that you see, other than those of this notice"),
    "F-31": _text(
        "We do not make automated guesses about your health; a machine checks your identity, and a person looks again."
    ),
    "F-33 facts": _rule(
        "contact", limbs=[], criteria="Until your complaint is settled and the ombudsman's time has run out"
    ),
    "F-33 sensitivity": _rule("contact", limbs=[], criteria="Until the guarantee on your device ends"),
    "F-39 denied": _part(
        "security",
        disclaimers=[
            {"about": "sending_data", "words": "Nothing that you send us is at your own risk: we answer for it."}
        ],
    ),
    "F-39 elsewhere": _part(
        "security",
        disclaimers=[{"about": "other_sites", "words": "We do not accept responsibility for what other sites say."}],
    ),
    "F-43 sic": _text("The law says 'data subject' [a person whom data is about]."),
    "F-43 numbers": _text("See [1] and [2018]."),
    "F-43 confirm": _text("You are asked to confirm your address; once it is confirmed the account opens."),
    "N06 kind": _in("recipients", "id", "gp", name="Your general practitioner", words=""),
    "N06 trade": _in("recipients", "id", "gp", name="Carefully selected third parties", words=""),
    "N21 soon": lambda values: values.update(issued="2027-01-01"),
    "N22 numbers": _part("controller", company_number="SC123456", ico_registration="ZA123456"),
    "N03 telephone": _part("dpo", email="", address="", telephone="020 7946 0000"),
    "F-11 told": lambda values: values["security"]["measures"].append(
        {"measure": "building_passes", "words": "Its data centres are guarded day and night", "of": "hosting"}
    ),
    "F-06 all": _part(
        "bases",
        listed=[
            "contract",
            "legal_obligation",
            "legitimate_interests",
            "consent",
            "vital_interests",
            "recognised_legitimate_interests",
        ],
    ),
    "S01": _text("Article 22A of UK GDPR says what a significant decision is."),
}
