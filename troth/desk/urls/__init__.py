"""
The desk's rows of the URL table. What a card is read for depends on the clinic and on the role: its row names every purpose that
it can serve, and the page opens for the first that the notice declares and that the viewer's role may serve (decision 0060).

`who` lets in anyone with a role: what each may see is the notice's to say, and another pack's roles have other names.
"""

from troth.desk.urls.gps import GPS
from troth.desk.urls.kept_apart import CLINICIANS, KEPT_APART
from troth.desk.views import (
    adjusting,
    agreement,
    asked,
    before,
    calendar,
    card,
    case,
    chart,
    classes,
    consent,
    diary,
    emergency,
    enquiry,
    entry,
    figures,
    finding,
    home,
    identity,
    invoice,
    keeping,
    letter,
    letting_in,
    locked,
    money,
    note,
    opinion,
    permissions,
    questionnaire,
    queue,
    reactions,
    report,
    request,
    restricted,
    review,
    same,
    staff,
    statement,
    supply,
    task,
    template,
    visit,
    waiting,
    whole,
)
from troth.diary import rules
from troth.gate.table import STAFF, page, public
from troth.notice.purposes import Action, Purpose
from troth.people.rules import ADJUSTING, CLAIMING, TELLING_APART
from troth.people.services.same import UNDOING
from troth.records.rules import CARD_PURPOSES
from troth.records.services import templates
from troth.rights.selectors.opinions import CLINICAL

WHO = {STAFF}
#: In every pack the notice lets this role alone run staff accounts; the gate asks the notice again.
ADMINISTRATORS = {"administrator"}
#: Who lets people in. Whoever instructs a case may write who its claimant is, and is outside: a code in their hands would open the
#: claimant's account to them. The acts ask for the same roles.
SERVING = set(TELLING_APART)
READING = CARD_PURPOSES
#: Whoever may find somebody takes in what they ask about their data; most of these open no card.
TAKING_IN = (*READING, Purpose.FIND)
ADDING = (Purpose.CARE, Purpose.MEDICAL_REPORTING)
#: Who writes templates for notes, consents and letters; the act asks the notice who is a health professional.
KEEPING_WORDS = templates.KEEPING
WRITERS = {"practitioner", "prescriber", "medical_expert", "administrator"}
REQUESTS = Purpose.PRESCRIBING
CASES = Purpose.INSTRUCTIONS
#: Who answers for what is asked before a treatment; the gate asks the notice again.
ASKING, CLINICAL_LEADS = Purpose.ELIGIBILITY, {"prescriber"}
#: The privacy officer undoes a link when somebody says that it is wrong, and makes none.
UNDOERS = {*TELLING_APART, "privacy_officer"}
#: Of each pack those whom its notice lets answer questions; the gate asks the notice again.
#: Who keeps what the diary offers, where and when; the acts look again.
READING_FIGURES = {"clinic_manager", "finance", "administrator"}
KEEPING = (Purpose.BOOKING, Purpose.STAFF)
#: Figures open nothing of anybody; whoever plans visits reads them for that, where the notice lets no role make statistics.
FIGURES = (Purpose.SERVICE_STATISTICS, Purpose.BOOKING)
KEEPERS = set(rules.KEEPERS)
ANSWERING = {"case_handler", "complaints_handler", "patient_support", "receptionist", "clinic_manager"}
#: Who keeps the books; what they may see of whom, the gate asks the notice.
BOOKKEEPERS = {"finance"}
TAKING = (Purpose.PAYMENT, Purpose.ACCOUNTING)
#: Who puts people on the waiting list and takes them off.
ARRANGING, PLANS = {"receptionist", "clinic_manager", "patient_support"}, Purpose.BOOKING
INSTRUCTING = {"instructing_solicitor", "insurer_contact", "case_handler"}

urlpatterns = [
    page("", home.today, name="desk_home", purpose=READING, who=WHO),
    page("diary/", diary.week, name="desk_diary", purpose=Purpose.BOOKING, who=WHO),
    page("diary/day/", diary.day, name="desk_diary_day", purpose=Purpose.BOOKING, who=WHO),
    page("diary/calendar/", calendar.show_feed, name="desk_calendar", purpose=Purpose.BOOKING, who=WHO),
    page("visits/<uuid:appointment>/", visit.show_visit, name="desk_visit", purpose=Purpose.BOOKING, who=WHO),
    page("visits/<uuid:appointment>/move/", visit.move, name="desk_visit_move", purpose=Purpose.BOOKING, who=WHO),
    page(
        "visits/<uuid:appointment>/cancel/", visit.cancel, name="desk_visit_cancel", purpose=Purpose.BOOKING, who=WHO
    ),
    page("classes/new/", classes.plan, name="desk_class_new", purpose=Purpose.BOOKING, who=ARRANGING),
    page("classes/<uuid:class_time>/", classes.show_class, name="desk_class", purpose=Purpose.BOOKING, who=WHO),
    page("classes/<uuid:class_time>/cancel/", classes.cancel, name="desk_class_cancel", purpose=PLANS, who=ARRANGING),
    page("diary/waiting/", waiting.list_waiting, name="desk_waiting", purpose=Purpose.BOOKING, who=ARRANGING),
    page("diary/waiting/<uuid:wish>/", waiting.show_wish, name="desk_wish", purpose=Purpose.BOOKING, who=ARRANGING),
    page("people/<uuid:subject>/wait/", waiting.join, name="desk_wait", purpose=Purpose.BOOKING, who=ARRANGING),
    page("people/<uuid:subject>/book/", visit.book, name="desk_book", purpose=Purpose.BOOKING, who=WHO),
    page("services/", keeping.list_services, name="desk_services", purpose=KEEPING, who=KEEPERS),
    page("services/new/", keeping.keep_service, name="desk_service_new", purpose=KEEPING, who=KEEPERS),
    page("services/needs/", locked.list_needs, name="desk_needs", purpose=KEEPING, who=KEEPERS),
    page("services/needs/new/", locked.declare, name="desk_need_new", purpose=KEEPING, who=KEEPERS),
    page("services/needs/<uuid:need>/", locked.show_need, name="desk_need", purpose=KEEPING, who=KEEPERS),
    page("services/<uuid:service>/", keeping.keep_service, name="desk_service", purpose=KEEPING, who=KEEPERS),
    page("places/", keeping.list_places, name="desk_places", purpose=KEEPING, who=KEEPERS),
    page("places/new/", keeping.keep_place, name="desk_place_new", purpose=KEEPING, who=KEEPERS),
    page("places/<uuid:place>/", keeping.keep_place, name="desk_place", purpose=KEEPING, who=KEEPERS),
    page("rooms/", keeping.list_resources, name="desk_resources", purpose=KEEPING, who=KEEPERS),
    page("rooms/new/", keeping.keep_resource, name="desk_resource_new", purpose=KEEPING, who=KEEPERS),
    page("rooms/<uuid:resource>/", keeping.keep_resource, name="desk_resource", purpose=KEEPING, who=KEEPERS),
    page("hours/", keeping.list_workers, name="desk_workers", purpose=KEEPING, who=ADMINISTRATORS),
    page("hours/<uuid:member>/", keeping.keep_worker, name="desk_worker", purpose=KEEPING, who=ADMINISTRATORS),
    page("figures/", figures.show_report, name="desk_reports", purpose=FIGURES, who=READING_FIGURES),
    page(
        "figures/<slug:kind>/",
        figures.show_report,
        name="desk_figures",
        purpose=FIGURES,
        who=READING_FIGURES,
    ),
    page(
        "figures/<slug:kind>/file/",
        figures.download,
        name="desk_report_file",
        purpose=FIGURES,
        who=READING_FIGURES,
    ),
    page("cases/", case.board, name="desk_cases", purpose=CASES, who=WHO),
    page("cases/new/", case.instruct, name="desk_instruct", purpose=CASES, who=INSTRUCTING),
    page("cases/<uuid:case>/", case.case, name="desk_case", purpose=CASES, who=WHO),
    page(
        "cases/<uuid:case>/report/",
        report.write,
        name="desk_report",
        purpose=Purpose.MEDICAL_REPORTING,
        who={"medical_expert"},
    ),
    page(
        "cases/<uuid:case>/report/released/",
        report.read_released,
        name="desk_released_report",
        purpose=Purpose.REPORT_RELEASE,
        who={"instructing_solicitor", "insurer_contact"},
    ),
    page("cases/<uuid:case>/examination/", case.examination, name="desk_examination", purpose=CASES, who=WHO),
    page("questions/", enquiry.list_enquiries, name="desk_enquiries", purpose=Purpose.ENQUIRIES, who=ANSWERING),
    page(
        "questions/<uuid:enquiry>/",
        enquiry.show_enquiry,
        name="desk_enquiry",
        purpose=Purpose.ENQUIRIES,
        who=ANSWERING,
    ),
    page("money/", money.list_debts, name="desk_money", purpose=TAKING, who=BOOKKEEPERS),
    page("money/days/", money.show_days, name="desk_money_days", purpose=TAKING, who=BOOKKEEPERS),
    page(
        "money/days/file/",
        money.accountants_file,
        name="desk_money_file",
        purpose=Purpose.ACCOUNTING,
        action=Action.EXPORT,
        who=BOOKKEEPERS,
    ),
    page("money/refunds/", money.list_refunds, name="desk_refunds", purpose=TAKING, who=BOOKKEEPERS),
    page("money/packages/", before.packages, name="desk_packages", purpose=TAKING, who=BOOKKEEPERS),
    page("money/prices/", money.prices, name="desk_prices", purpose=TAKING, who=BOOKKEEPERS),
    page("money/<uuid:invoice>/", invoice.show_invoice, name="desk_invoice", purpose=TAKING, who=BOOKKEEPERS),
    page("money/<uuid:invoice>/paper/", invoice.paper, name="desk_invoice_paper", purpose=TAKING, who=BOOKKEEPERS),
    page("people/<uuid:subject>/money/", invoice.bill, name="desk_bill", purpose=TAKING, who=BOOKKEEPERS),
    page(
        "people/<uuid:subject>/money/statement/",
        statement.statement,
        name="desk_statement",
        purpose=TAKING,
        who=BOOKKEEPERS,
    ),
    page(
        "people/<uuid:subject>/money/statement/paper/",
        statement.paper,
        name="desk_statement_paper",
        purpose=TAKING,
        who=BOOKKEEPERS,
    ),
    page(
        "people/<uuid:subject>/money/before/",
        before.before,
        name="desk_before",
        purpose=TAKING,
        who=BOOKKEEPERS,
    ),
    page("find/", finding.find, name="desk_find", purpose=Purpose.FIND, who=WHO),
    page("asked/", asked.find, name="desk_asked", purpose=Purpose.FIND, who=WHO),
    page("asked/unknown/", asked.take_strangers, name="desk_asked_unknown", purpose=Purpose.FIND, who=WHO),
    page("people/<uuid:subject>/consent/", consent.write, name="desk_consent", purpose=READING, who=SERVING),
    page("people/<uuid:subject>/asked/", asked.take, name="desk_asked_person", purpose=TAKING_IN, who=WHO),
    page("people/new/", letting_in.register, name="desk_register", purpose=CLAIMING, who=SERVING),
    page("people/<uuid:subject>/let-in/", letting_in.show_code, name="desk_let_in", purpose=CLAIMING, who=SERVING),
    page(
        "people/<uuid:subject>/lost-step/",
        letting_in.let_back,
        name="desk_let_back",
        purpose=CLAIMING,
        who=SERVING,
        fresh=True,
    ),
    page("same/", same.list_pairs, name="desk_same", purpose=UNDOING, who=UNDOERS),
    page("same/<uuid:link>/", same.decide, name="desk_same_link", purpose=UNDOING, who=UNDOERS),
    page(
        "same/<uuid:one>/<uuid:other>/", same.compare, name="desk_same_pair", purpose=CLAIMING, who=set(TELLING_APART)
    ),
    page("people/<uuid:subject>/", card.show_card, name="desk_card", purpose=READING, who=WHO),
    page("people/<uuid:subject>/allergies/new/", entry.add_allergy, name="desk_allergy_new", purpose=ADDING, who=WHO),
    page(
        "people/<uuid:subject>/medicines/new/", entry.add_medicine, name="desk_medicine_new", purpose=ADDING, who=WHO
    ),
    page(
        "people/<uuid:subject>/measurements/new/",
        entry.add_measurement,
        name="desk_measurement_new",
        purpose=ADDING,
        who=WHO,
    ),
    page("people/<uuid:subject>/files/new/", entry.add_file, name="desk_file_new", purpose=ADDING, who=WHO),
    page("people/<uuid:subject>/letters/new/", letter.write, name="desk_letter_new", purpose=ADDING, who=WHO),
    page("people/<uuid:subject>/charts/", chart.show_all, name="desk_charts", purpose=ADDING, who=WHO),
    page("people/<uuid:subject>/notes/new/", note.write, name="desk_note_new", purpose=ADDING, who=WHO),
    page(
        "people/<uuid:subject>/emergency/", emergency.ask, name="desk_emergency", purpose=Purpose.EMERGENCY, who=WHO
    ),
    page(
        "people/<uuid:subject>/emergency/card/",
        emergency.card,
        name="desk_emergency_card",
        purpose=Purpose.EMERGENCY,
        who=WHO,
    ),
    page("people/<uuid:subject>/restricted/", restricted.use, name="desk_restricted_use", purpose=READING, who=WHO),
    page("people/<uuid:subject>/arrange/", adjusting.state, name="desk_adjustments", purpose=ADJUSTING, who=WHO),
    page("people/<uuid:subject>/nhs-number/", identity.nhs_number, name="desk_nhs_number", purpose=READING, who=WHO),
    page("people/<uuid:subject>/history/", whole.history, name="desk_history", purpose=READING, who=WHO),
    page("people/<uuid:subject>/print/", whole.to_print, name="desk_print", purpose=READING, who=WHO),
    page("people/<uuid:subject>/tasks/new/", task.give, name="desk_task_new", purpose=READING, who=WHO),
    page("people/<uuid:subject>/agreements/new/", agreement.sign, name="desk_agreement_new", purpose=ADDING, who=WHO),
    page("agreements/<uuid:consent>/", agreement.read, name="desk_agreement", purpose=ADDING, who=WHO),
    page("agreements/<uuid:consent>/paper/", agreement.paper, name="desk_agreement_paper", purpose=ADDING, who=WHO),
    *KEPT_APART,
    page("tasks/", task.show_tasks, name="desk_tasks", purpose=READING, who=WHO),
    page("tasks/<uuid:task>/", task.show_task, name="desk_task", purpose=READING, who=WHO),
    page("opinions/<uuid:opinion>/", opinion.give, name="desk_opinion", purpose=CLINICAL, who=WHO),
    page(
        "opinions/<uuid:opinion>/files/<uuid:item>/<slug:field>/",
        opinion.open_file,
        name="desk_opinion_file",
        purpose=CLINICAL,
        who=WHO,
    ),
    page("notes/<uuid:note>/", note.read, name="desk_note", purpose=ADDING, who=WHO),
    page("notes/<uuid:note>/sign/", note.sign, name="desk_note_sign", purpose=ADDING, who=WHO),
    page("notes/<uuid:note>/add/", note.add, name="desk_note_add", purpose=ADDING, who=WHO),
    page("templates/", template.list_templates, name="desk_note_templates", purpose=KEEPING_WORDS, who=WRITERS),
    page(
        "templates/<slug:kind>/", template.list_templates, name="desk_templates", purpose=KEEPING_WORDS, who=WRITERS
    ),
    page(
        "templates/<slug:kind>/new/",
        template.keep_template,
        name="desk_template_new",
        purpose=KEEPING_WORDS,
        who=WRITERS,
    ),
    page(
        "templates/<slug:kind>/<slug:key>/",
        template.keep_template,
        name="desk_template",
        purpose=KEEPING_WORDS,
        who=WRITERS,
    ),
    page("files/<uuid:document>/", entry.download, name="desk_file", purpose=READING, who=WHO),
    page("requests/", queue.show_queue, name="desk_queue", purpose=REQUESTS, who={"prescriber"}),
    page("requests/<uuid:treatment>/pass-on/", request.assign, name="desk_assign", purpose=REQUESTS, who=WHO),
    page("requests/<uuid:treatment>/decide/", review.decide, name="desk_decide", purpose=REQUESTS, who=WHO),
    *GPS,
    page("reactions/", reactions.list_reactions, name="desk_reactions", purpose=REQUESTS, who=CLINICIANS),
    page(
        "reactions/<uuid:reaction>/", reactions.show_reaction, name="desk_reaction", purpose=REQUESTS, who=CLINICIANS
    ),
    page(
        "reactions/<uuid:reaction>/yellow-card/",
        reactions.yellow_card,
        name="desk_yellow_card",
        purpose=REQUESTS,
        who=CLINICIANS,
    ),
    page(
        "supplies/<uuid:prescription>/reaction/",
        reactions.add_reaction,
        name="desk_reaction_new",
        purpose=REQUESTS,
        who=CLINICIANS,
    ),
    page("supplies/", supply.list_supplies, name="desk_supplies", purpose=REQUESTS, who={"pharmacist"}),
    page("supplies/<uuid:prescription>/", supply.show_supply, name="desk_supply", purpose=REQUESTS, who=WHO),
    page("supplies/<uuid:prescription>/paper/", supply.paper, name="desk_prescription", purpose=REQUESTS, who=WHO),
    page(
        "questionnaires/",
        questionnaire.list_questionnaires,
        name="desk_questionnaires",
        purpose=ASKING,
        who=CLINICAL_LEADS,
    ),
    page(
        "questionnaires/<slug:key>/",
        questionnaire.show_questionnaire,
        name="desk_questionnaire",
        purpose=ASKING,
        who=CLINICAL_LEADS,
    ),
    page(
        "questionnaires/<slug:key>/new/",
        questionnaire.publish,
        name="desk_questionnaire_new",
        purpose=ASKING,
        who=CLINICAL_LEADS,
    ),
    page("pictures/<uuid:picture>/", request.picture, name="desk_picture", purpose=REQUESTS, who=WHO),
    page("staff/", staff.list_staff, name="desk_staff", purpose=Purpose.STAFF, who=ADMINISTRATORS),
    page("staff/new/", staff.invite, name="desk_invite", purpose=Purpose.STAFF, who=ADMINISTRATORS),
    public(
        "staff/roles/",
        staff.list_roles,
        name="desk_roles",
        why="roles and what they may do stand in the notice, for all",
    ),
    page(
        "staff/permissions/",
        permissions.matrix,
        name="desk_permissions",
        purpose=Purpose.STAFF,
        who=ADMINISTRATORS,
    ),
    page("staff/<uuid:member>/", staff.member, name="desk_member", purpose=Purpose.STAFF, who=ADMINISTRATORS),
    page(
        "staff/<uuid:member>/roles/", staff.roles, name="desk_member_roles", purpose=Purpose.STAFF, who=ADMINISTRATORS
    ),
    page(
        "staff/<uuid:member>/leave/", staff.leave, name="desk_member_leave", purpose=Purpose.STAFF, who=ADMINISTRATORS
    ),
    page(
        "staff/<uuid:member>/code/",
        staff.new_code,
        name="desk_member_code",
        purpose=Purpose.STAFF,
        who=ADMINISTRATORS,
    ),
    page(
        "staff/<uuid:member>/factor/",
        staff.ask_reset,
        name="desk_member_factor",
        purpose=Purpose.STAFF,
        who=ADMINISTRATORS,
        fresh=True,
    ),
    page("lost-factors/", staff.resets, name="desk_resets", purpose=Purpose.ACCOUNT_SECURITY, who=WHO, fresh=True),
]
