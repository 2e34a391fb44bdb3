from verification.services.apply import case_open, case_submit, doctor_apply, particulars_change
from verification.services.decide import case_approve, case_reject
from verification.services.evidence import evidence_add, evidence_check, evidence_open, evidence_withdraw
from verification.services.expire import credentials_expire, credentials_warn
from verification.services.export import export_record
from verification.services.items import item_answer, item_ask, item_check
from verification.services.queue import case_assign, case_claim, case_release
from verification.services.register import register_look_up
from verification.services.reopen import case_renew, case_reopen
from verification.services.suspend import barred_appointments_cancel, doctor_suspend

__all__ = [
    "barred_appointments_cancel",
    "case_approve",
    "case_assign",
    "case_claim",
    "case_open",
    "case_reject",
    "case_release",
    "case_renew",
    "case_reopen",
    "case_submit",
    "credentials_expire",
    "credentials_warn",
    "doctor_apply",
    "doctor_suspend",
    "evidence_add",
    "evidence_check",
    "evidence_open",
    "evidence_withdraw",
    "export_record",
    "item_answer",
    "item_ask",
    "item_check",
    "particulars_change",
    "register_look_up",
]
