from booking.services.answer import appointment_approve, appointment_reject
from booking.services.attend import appointment_arrive, appointment_fulfil, appointment_noshow, appointment_unarrive
from booking.services.availability import (
    bookings_resume,
    bookings_stop,
    rule_add,
    rule_change,
    rule_remove,
)
from booking.services.book import appointment_book
from booking.services.bulk import cancelling_go_on, cancelling_stop, cancellings_sweep
from booking.services.cancel import appointment_cancel
from booking.services.change import appointment_change_visit
from booking.services.clinic import appointments_cancel_by_clinic
from booking.services.closures import closure_add, closure_appointments_cancel, closure_remove
from booking.services.conceal import appointment_conceal
from booking.services.correct import appointment_enter_in_error, noshow_correct
from booking.services.expire import pending_expire
from booking.services.feeds import feed_make, feed_revoke
from booking.services.hold import hold_extend
from booking.services.limits import limits_change
from booking.services.link import link_cancel, link_move, link_prove
from booking.services.listing import listing_refill, listing_refill_places, listing_refresh
from booking.services.move import appointment_move
from booking.services.pay import appointment_confirm_payment, appointment_locked_for_payment
from booking.services.remind import reminders_queue
from booking.services.report import appointments_export_record
from booking.services.share import appointment_share, appointment_unshare, share_accept, share_decline
from booking.services.time_off import (
    extra_add,
    extra_remove,
    leave_add,
    leave_appointments_cancel,
    leave_remove,
    rest_of_today_cancel,
    running_late_tell,
)
from booking.services.view import appointment_viewed, history_viewed
from booking.services.week import day_copy, outside_hours_cancel, rules_change, rules_remove

__all__ = [
    "appointment_approve",
    "appointment_arrive",
    "appointment_book",
    "appointment_cancel",
    "appointment_change_visit",
    "appointment_conceal",
    "appointment_confirm_payment",
    "appointment_enter_in_error",
    "appointment_fulfil",
    "appointment_locked_for_payment",
    "appointment_move",
    "appointment_noshow",
    "appointment_reject",
    "appointment_share",
    "appointment_unarrive",
    "appointment_unshare",
    "appointment_viewed",
    "appointments_cancel_by_clinic",
    "appointments_export_record",
    "bookings_resume",
    "bookings_stop",
    "cancelling_go_on",
    "cancelling_stop",
    "cancellings_sweep",
    "closure_add",
    "closure_appointments_cancel",
    "closure_remove",
    "day_copy",
    "extra_add",
    "extra_remove",
    "feed_make",
    "feed_revoke",
    "history_viewed",
    "hold_extend",
    "leave_add",
    "leave_appointments_cancel",
    "leave_remove",
    "limits_change",
    "link_cancel",
    "link_move",
    "link_prove",
    "listing_refill",
    "listing_refill_places",
    "listing_refresh",
    "noshow_correct",
    "outside_hours_cancel",
    "pending_expire",
    "reminders_queue",
    "rest_of_today_cancel",
    "rule_add",
    "rule_change",
    "rule_remove",
    "rules_change",
    "rules_remove",
    "running_late_tell",
    "share_accept",
    "share_decline",
]
