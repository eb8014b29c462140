"""Each component says its state in words, escapes what it is given, and styles and scripts nothing inline."""

import re
from datetime import date
from typing import Any

import pytest
from django.template import Context, Template

from troth.design.charts import Chart, Going, Goings, Series
from troth.design.coins import COIN_SIZES, coin_svg
from troth.design.icons import icon_svg
from troth.design.pages import Section
from troth.design.rulers import tape_of_days
from troth.design.tables import Cell, Column, Line, Table, table_of
from troth.design.values import (
    COIN_WORDS,
    Alert,
    Banner,
    Check,
    Counterpart,
    Entry,
    Fate,
    Figure,
    Item,
    Kept,
    Link,
    Paging,
    Parted,
    Row,
    Step,
    Tag,
    Term,
)

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
TAPE = tape_of_days(date(2026, 11, 1), date(2026, 12, 1), date(2026, 11, 24))
JOINED = Counterpart(
    "Why you see this", terms=(Term("For", "Care"), Term("Because", "Booked"), Term("Kept until", "24 Nov 2034"))
)
STONE = Counterpart("Why you don’t", "parted", (Term("Rule", "Notice 7, row 12"),))


def drawn(source: str, **values: Any) -> str:
    return Template("{% load design %}" + source).render(Context(values))


def words(markup: str) -> str:
    """What is left when tags are taken out, as someone hears it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup)).strip()


def evil_link() -> Link:
    return Link(EVIL, "#", EVIL)


def evil_refusal() -> Parted:
    counterpart = Counterpart(EVIL, "parted", (Term(EVIL, EVIL),), evil_link())
    checks = (Check(EVIL, "passed", EVIL), Check(EVIL, "failed", EVIL), Check(EVIL, "not_asked", EVIL))
    return Parted(EVIL, counterpart, checks, checks, EVIL, evil_link(), evil_link(), EVIL)


HOSTILE: dict[str, tuple[str, dict[str, Any]]] = {
    "sheet": (
        "{% sheet t c note=t links=l eyebrow=t name=t %}x{% endsheet %}",
        {"t": EVIL, "l": [evil_link()], "c": Counterpart(EVIL, terms=(Term(EVIL, EVIL),), link=evil_link())},
    ),
    "panel": ("{% panel t note=t links=l %}{{ t }}{% endpanel %}", {"t": EVIL, "l": [evil_link()]}),
    "section": (
        "{% section s %}{% section r %}",
        {
            "s": Section(
                EVIL,
                Counterpart(EVIL, terms=(Term(EVIL, EVIL),)),
                note=EVIL,
                rows=(Row(EVIL, EVIL),),
                table=table_of(EVIL, (Column(EVIL, "name"),), [(EVIL,)]),
                prose=(EVIL,),
                addition=EVIL,
                signed=EVIL,
                head_links=(evil_link(),),
                links=(evil_link(),),
            ),
            "r": Section(EVIL, refusal=evil_refusal()),
        },
    ),
    "parted": ("{% parted t r %}", {"t": EVIL, "r": evil_refusal()}),
    "refused_line": ("{% refused_line t %}{{ t }}{% endrefused_line %}", {"t": EVIL}),
    "coin": ('{% coin "joined" 20 t %}', {"t": EVIL}),
    "clock": ("{% clock tape t t t %}", {"t": EVIL, "tape": TAPE}),
    "tag": ('{% tag "late" t %}', {"t": EVIL}),
    "alerts": ("{% alerts a %}", {"a": [Alert("harm", EVIL, EVIL)]}),
    "banner": ('{% banner "info" t %}{{ t }}{% endbanner %}', {"t": EVIL}),
    "page_banner": ("{% page_banner b %}", {"b": Banner("restriction", EVIL, EVIL, evil_link())}),
    "timeline": ("{% timeline e t %}", {"t": EVIL, "e": [Entry(EVIL, EVIL, EVIL), Entry(EVIL, EVIL, href=EVIL)]}),
    "steps": ("{% steps s t %}", {"t": EVIL, "s": [Step(EVIL, EVIL, "now")]}),
    "parts": ("{% parts 1 2 t t %}", {"t": EVIL}),
    "progress": ("{% progress 1 2 t t %}", {"t": EVIL}),
    "tabs": ("{% tabs i t %}", {"t": EVIL, "i": [Item(EVIL, EVIL, True, 1, EVIL)]}),
    "switch": ("{% switch i t %}", {"t": EVIL, "i": [Item(EVIL, EVIL, True)]}),
    "index": ("{% index i t %}", {"t": EVIL, "i": [Item(EVIL, EVIL, True, 1, EVIL), Item(EVIL, state="other_role")]}),
    "empty": ("{% empty t %}{{ t }}{% endempty %}", {"t": EVIL}),
    "figures": ("{% figures f t %}{{ t }}{% endfigures %}", {"t": EVIL, "f": [Figure(EVIL, EVIL, EVIL, "late")]}),
    "rows": ("{% rows r %}", {"r": [Row(EVIL, EVIL, EVIL, evil_link(), True)]}),
    "kept": ("{% kept k %}", {"k": [Kept(EVIL, "slipped", EVIL, evil_link(), EVIL)]}),
    "fates": ("{% fates f %}", {"f": [Fate(EVIL, EVIL, "staying", EVIL, EVIL)]}),
    "table": (
        "{% table t %}",
        {
            "t": Table(
                EVIL,
                (Column(EVIL, "name", EVIL, "up", EVIL), Column(EVIL, word=EVIL)),
                (Line((Cell(EVIL, EVIL, EVIL, Tag("info", EVIL)), Cell(EVIL, act=evil_link())), group=EVIL),),
            )
        },
    ),
    "paging": ("{% paging p t %}", {"t": EVIL, "p": Paging(1, 2, 3, EVIL, EVIL)}),
    "chart": (
        "{% chart c %}",
        {
            "c": Chart(
                EVIL,
                (EVIL, "b"),
                (Series(EVIL, "hatch", (1, 2)), Series(EVIL, "ochre", (1, 2))),
                evil_link(),
                (0, EVIL),
            )
        },
    ),
    "goings": ("{% goings g %}", {"g": Goings(date(2026, 11, 24), (Going(EVIL, date(2028, 1, 1), EVIL),))}),
    "button": ("{% button t name=t value=t busy=t hidden=t %}{% button t href=t %}", {"t": EVIL}),
    "not_yet": ("{% not_yet t t remedy=l %}", {"t": EVIL, "l": evil_link()}),
    "toast": ("{% toast t l %}", {"t": EVIL, "l": evil_link()}),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_component_escapes_hostile_text(name: str) -> None:
    source, values = HOSTILE[name]
    markup = drawn(source, **values)
    assert "&lt;script&gt;" in markup
    assert "<script" not in markup
    assert "<img" not in markup
    assert re.search(r'<[^>"]*(?:"[^"]*"[^>"]*)*\s(style|on[a-z]+)=', markup) is None


def test_every_tag_is_tried_with_hostile_text() -> None:
    from troth.design.templatetags.design import register

    tried_elsewhere = {
        "icon",
        "ruler",
        "error_summary",
        "field",
        "once",
    }  # without text of their own, or in test_fields
    assert set(register.tags) == set(HOSTILE) | tried_elsewhere


def test_sheet_puts_data_before_the_counterpart_and_names_both() -> None:
    markup = drawn('{% sheet "Your health" c %}<p>84 kg</p>{% endsheet %}', c=JOINED)
    assert markup.index("84 kg") < markup.index("<aside")
    assert 'aria-labelledby="your-health-why your-health"' in markup
    assert "More about Your health" in words(markup)
    assert "Care. Kept until 24 Nov 2034." in words(markup)


def test_two_sheets_of_one_title_get_two_names() -> None:
    markup = drawn('{% sheet "Note" c %}a{% endsheet %}{% sheet "Note" c %}b{% endsheet %}', c=JOINED)
    names = re.findall(r' id="([^"]+)"', markup)
    assert len(names) == len(set(names)) == 4


def test_unfolded_sheet_has_no_fold() -> None:
    assert "<details" not in drawn('{% sheet "Q" c unfolded=True %}a{% endsheet %}', c=JOINED)
    assert "<details" in drawn('{% sheet "Q" c %}a{% endsheet %}', c=JOINED)


@pytest.mark.parametrize(
    "labels", [("Because", "For"), ("Until", "Seen by"), ("For", "For"), ("Passed to", "Seen by")]
)
def test_counterpart_refuses_another_order(labels: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="in that order"):
        Counterpart("Why", terms=tuple(Term(label, "x") for label in labels))


def test_counterpart_lets_other_labels_stand_anywhere() -> None:
    terms = (
        Term("For", "Care"),
        Term("Condition", "Health care"),
        Term("Seen by", "You"),
        Term("Who decides", "A person"),
    )
    assert Counterpart("Why", terms=terms).fold == "Care."
    assert Counterpart("Why", terms=(Term("Given to", "You"),)).fold == "Given to: You."
    assert Counterpart("Why", terms=(Term("Until", "Six years"),)).fold == "Until: Six years."


def test_parted_says_which_check_stopped_it_and_which_were_not_asked() -> None:
    refusal = Parted(
        "She took back her consent.",
        STONE,
        (
            Check("Purpose", "passed", "In the notice"),
            Check("Basis", "failed", "Taken back"),
            Check("Restriction", "not_asked"),
        ),
        remedy="Ask her.",
        action=Link("Ask for consent", "#"),
    )
    said = words(drawn('{% parted "Photographs" r %}', r=refusal))
    assert "Refused" in said
    assert "Purpose : passed." in said
    assert "Basis : stopped here." in said
    assert "Restriction : not asked." in said
    assert "What you can do Ask her." in said
    assert "emergency" not in said


def test_parted_lists_what_is_missing_where_a_rule_of_work_blocks() -> None:
    refusal = Parted(
        "Two things are missing.",
        STONE,
        musts=(Check("Qualifications", "passed"), Check("Statement of truth", "failed")),
    )
    said = words(drawn('{% parted "Report" r %}', r=refusal))
    assert "Qualifications : there" in said
    assert "Statement of truth : missing" in said


def test_refusal_needs_a_parted_counterpart() -> None:
    with pytest.raises(ValueError, match="parted"):
        Parted("No.", JOINED)


def test_section_is_shown_or_refused_and_never_both() -> None:
    refusal = Parted("No.", STONE)
    with pytest.raises(ValueError, match="not both"):
        Section("Photographs", JOINED, refusal)
    with pytest.raises(ValueError, match="not both"):
        Section("Photographs")
    with pytest.raises(ValueError, match="shows nothing"):
        Section("Photographs", refusal=refusal, rows=(Row("Taken", "12"),))


@pytest.mark.parametrize("state", sorted(COIN_WORDS))
@pytest.mark.parametrize("size", COIN_SIZES)
def test_coin_is_hidden_or_labelled(state: Any, size: int) -> None:
    assert 'aria-hidden="true"' in coin_svg(state, size)
    assert 'role="img" aria-label="Kept"' in coin_svg(state, size, "Kept")
    assert COIN_WORDS[state] == drawn("{{ s|coin_words }}", s=state)


def test_coins_differ_in_shape_not_in_colour_alone() -> None:
    shapes = {re.sub(r'class="coin coin-\w+"', "", coin_svg(state)) for state in COIN_WORDS}
    assert len(shapes) == len(COIN_WORDS)


def test_unknown_coin_size_icon_or_button_is_refused() -> None:
    with pytest.raises(ValueError, match="no state"):
        coin_svg("shiny")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not drawn at 17"):
        coin_svg("joined", 17)
    with pytest.raises(ValueError, match="no icon"):
        icon_svg("padlock")
    with pytest.raises(ValueError, match="first, second"):
        drawn('{% button "Go" kind="huge" %}')


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('{% tag "refused" "Refused" %}', "Refused"),
        ('{% tag "late" "3 hours late" %}', "3 hours late"),
        ("{% parts 4 9 'your health' '9:42' %}", "Part 4 of 9: your health Saved 9:42"),
        (
            "{% progress 318 332 'Building the copy' '318 of 332 pages' %}",
            "Building the copy : 318 of 332 pages 318 of 332",
        ),
        ("{% steps s 'Path' %}", "Sent : done Asked : now Closed : to come"),
        ("{% index i 'Parts' %}", "Photographs refused Money other role Letters 1"),
        ("{% kept k %}", "We answer in a day Fell short"),
        ("{% fates f %}", "Payments Tax law. UK GDPR Article 17(3)(b) Stays until 5 April 2033"),
        ("{% paging p 'looks' %}", "1 to 50 of 812 Next looks"),
        ("{% button 'Release' href='#' hidden='the copy' %}", "Release the copy"),
        ("{% not_yet 'Prescribe' 'Not yet: no answer.' %}", "Prescribe Not yet: no answer."),
        ("{% clock tape 'Tue 1 Dec' '7 days' 'One month' %}", "Tue 1 Dec 7 days One month"),
    ],
)
def test_state_is_said_in_words(source: str, said: str) -> None:
    values = {
        "s": [Step("Sent", state="done"), Step("Asked", state="now"), Step("Closed")],
        "tape": TAPE,
        "i": [
            Item("Photographs", "#", state="refused"),
            Item("Money", state="other_role"),
            Item("Letters", "#", count=1),
        ],
        "k": [Kept("We answer in a day", "slipped")],
        "p": Paging(1, 50, 812, following="#"),
        "f": [Fate("Payments", "Tax law.", "staying", "Stays until 5 April 2033", "UK GDPR Article 17(3)(b)")],
    }
    assert words(drawn(source, **values)) == said


def test_alerts_stand_worst_first() -> None:
    said = words(
        drawn("{% alerts a %}", a=[Alert("info", "Deaf"), Alert("caution", "Sores"), Alert("harm", "Allergy")])
    )
    assert said == "Allergy Sores Deaf"


def test_not_yet_can_be_focused_and_says_why() -> None:
    markup = drawn("{% not_yet 'Prescribe' 'Not yet.' %}")
    assert 'aria-disabled="true"' in markup
    assert " disabled" not in markup
    assert 'aria-describedby="prescribe-reason"' in markup
    assert 'id="prescribe-reason"' in markup


def test_table_has_heads_a_caption_and_words_for_a_phone() -> None:
    table = Table(
        "Looks",
        (Column("When", "figures", sorted="down"), Column("Who", "name"), Column("Opened", word="Opened")),
        (Line((Cell("Today"), Cell("Sorcha", href="/people/1"), Cell()), chosen=True),),
    )
    markup = drawn("{% table t %}", t=table)
    assert 'aria-sort="descending"' in markup
    assert markup.count('scope="col"') == 3
    assert 'scope="row"' in markup
    assert '<a class="cell-link" href="/people/1">Sorcha</a>' in markup
    assert 'aria-current="true"' in markup
    assert "cell-word" not in markup  # nothing was opened, so the phone is spared the word


def test_table_refuses_a_row_of_another_length() -> None:
    with pytest.raises(ValueError, match=r"Row 2 .* has 1 cells for 2 columns"):
        table_of("Looks", (Column("When"), Column("Who")), [("a", "b"), ("a",)])


def test_figures_takes_an_act_and_keeps_its_markup() -> None:
    markup = drawn('{% figures f %}{% button "Download" href="#" %}{% endfigures %}', f=[Figure("6", "kinds")])
    assert '<a class="button button-first" href="#">Download</a>' in markup
    assert "figure-act" not in drawn("{% figures f %} {% endfigures %}", f=[Figure("6", "kinds")])


@pytest.mark.parametrize(
    "paging", [Paging.numbered(1, 25, each=25, path="/"), Paging.numbered(1, 0, each=25, path="/")]
)
def test_a_list_that_stands_on_one_page_says_no_range(paging: Paging) -> None:
    assert drawn("{% paging p 'looks' %}", p=paging) == ""


def test_a_page_that_is_not_there_is_the_nearest_and_a_search_goes_along() -> None:
    assert [Paging.asked(text, 51, each=25) for text in ("", "2", "3", "4", "0", "-1", "x", "9" * 40)] == [
        *(1, 2, 3, 3, 1, 1, 1, 1)
    ]
    assert Paging.asked("7", 0, each=25) == 1
    paging = Paging.numbered(2, 51, each=25, path="/desk/services/?q=cut")
    assert "26 to 50 of 51" in drawn("{% paging p %}", p=paging)
    assert (paging.previous, paging.following) == ("/desk/services/?q=cut&page=1", "/desk/services/?q=cut&page=3")
