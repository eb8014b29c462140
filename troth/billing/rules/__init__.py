"""What may be done with money, as pure rules. No database, no clock, and no floating point: whole pence."""

from troth.billing.rules.payments import MOST as MOST
from troth.billing.rules.payments import OPEN as OPEN
from troth.billing.rules.payments import UNPAID_ENDS as UNPAID_ENDS
from troth.billing.rules.payments import Known as Known
from troth.billing.rules.payments import NotPossible as NotPossible
from troth.billing.rules.payments import Word as Word
from troth.billing.rules.payments import after as after
from troth.billing.rules.payments import check_can_ask as check_can_ask
from troth.billing.rules.payments import check_can_order as check_can_order
from troth.billing.rules.payments import check_can_refund as check_can_refund
from troth.billing.rules.payments import financial_year as financial_year
from troth.billing.rules.payments import pounds as pounds
