"""
Money between the clinic and a person. Amounts are whole pence, and sealed: a price beside a person tells what they came for.

What is open is structure: states, random identifiers, days, and the numbers that an invoice must carry without a gap. A card number
is nowhere: it goes from the person's browser to the payment firm.
"""

from troth.billing.models.payments import ACCOUNTS as ACCOUNTS
from troth.billing.models.payments import BANK as BANK
from troth.billing.models.payments import Order as Order
from troth.billing.models.payments import Payment as Payment
from troth.billing.models.payments import Refund as Refund
from troth.billing.models.payments import RefundState as RefundState
from troth.billing.models.payments import State as State
from troth.billing.models.payments import Trouble as Trouble
from troth.billing.models.payments import Worded as Worded
