"""All service forms, and the actions that open and run them."""

from __future__ import annotations

from actions.cancel import CANCEL
from actions.change import CHANGE
from actions.exchange import EXCHANGE
from actions.form_actions import OpenForm, actions_for
from actions.forms import ServiceForm
from actions.invoice import INVOICE
from actions.price_protection import PRICE_PROTECTION
from actions.privacy import PRIVACY
from actions.problems import PROBLEM
from actions.repair import REPAIR
from actions.returns import RETURN

FORMS: tuple[ServiceForm, ...] = (CANCEL, CHANGE, RETURN, EXCHANGE, INVOICE, REPAIR, PRICE_PROTECTION, PROBLEM, PRIVACY)

FORM_ACTIONS = actions_for(FORMS)
"""validate_<form>, action_ask_case_<field>, action_submit_<form> by name. Held here: Rasa's registry finds living
classes only."""


class CancelOrder(OpenForm):
    action_name, form = "action_cancel_order", CANCEL


class ChangeOrder(OpenForm):
    action_name, form = "action_change_order", CHANGE


class RequestReturn(OpenForm):
    action_name, form = "action_request_return", RETURN


class RequestExchange(OpenForm):
    action_name, form = "action_request_exchange", EXCHANGE


class AskInvoice(OpenForm):
    action_name, form = "action_ask_invoice", INVOICE


class AskWarranty(OpenForm):
    action_name, form = "action_ask_warranty", REPAIR


class AskPriceProtection(OpenForm):
    action_name, form = "action_ask_price_protection", PRICE_PROTECTION


class ReportProblem(OpenForm):
    action_name, form = "action_report_problem", PROBLEM
