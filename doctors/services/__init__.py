from doctors.services.doctor import doctor_changed, doctor_hold, doctor_set_verification
from doctors.services.limits import OWN_LIMITS, doctor_limits_write
from doctors.services.listing import facets_fold, listing_replace, listings_follow_place, listings_replace
from doctors.services.moderation import Seen, proposal_approve, proposal_ask, proposal_reject
from doctors.services.own import doctor_create_own, doctor_particulars_change
from doctors.services.page import doctor_profile_page_create, page_hold_back
from doctors.services.proposal import proposal_send, proposal_withdraw
from doctors.services.searches import empty_search_count, empty_site_search_count
from doctors.services.staff import staff_join, staff_leave

__all__ = [
    "OWN_LIMITS",
    "Seen",
    "doctor_changed",
    "doctor_create_own",
    "doctor_hold",
    "doctor_limits_write",
    "doctor_particulars_change",
    "doctor_profile_page_create",
    "doctor_set_verification",
    "empty_search_count",
    "empty_site_search_count",
    "facets_fold",
    "listing_replace",
    "listings_follow_place",
    "listings_replace",
    "page_hold_back",
    "proposal_approve",
    "proposal_ask",
    "proposal_reject",
    "proposal_send",
    "proposal_withdraw",
    "staff_join",
    "staff_leave",
]
