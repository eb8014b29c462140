"""
Money between the clinic and a person. Amounts are whole pence, and sealed: a price beside a person tells what they came for.

What is open is structure: states, random identifiers, days, and the numbers that an invoice must carry without a gap. A card number
is nowhere: it goes from the person's browser to the payment firm.
"""

from troth.billing.models.before import Package as Package
from troth.billing.models.before import PackageDraw as PackageDraw
from troth.billing.models.before import PackageSold as PackageSold
from troth.billing.models.before import Voucher as Voucher
from troth.billing.models.before import VoucherSale as VoucherSale
from troth.billing.models.invoices import OFFERED_AT as OFFERED_AT
from troth.billing.models.invoices import BankDetails as BankDetails
from troth.billing.models.invoices import BankRefund as BankRefund
from troth.billing.models.invoices import Invoice as Invoice
from troth.billing.models.invoices import InvoiceKind as InvoiceKind
from troth.billing.models.invoices import InvoiceState as InvoiceState
from troth.billing.models.invoices import Means as Means
from troth.billing.models.invoices import Price as Price
from troth.billing.models.invoices import Series as Series
from troth.billing.models.invoices import Settlement as Settlement
from troth.billing.models.invoices import TillRow as TillRow
from troth.billing.models.payments import ACCOUNTS as ACCOUNTS
from troth.billing.models.payments import BANK as BANK
from troth.billing.models.payments import CardMark as CardMark
from troth.billing.models.payments import Order as Order
from troth.billing.models.payments import Payment as Payment
from troth.billing.models.payments import Refund as Refund
from troth.billing.models.payments import RefundState as RefundState
from troth.billing.models.payments import State as State
from troth.billing.models.payments import Trouble as Trouble
from troth.billing.models.payments import VatRate as VatRate
