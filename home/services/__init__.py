from home.services.enquiries import ENQUIRY_KEPT, enquiries_forget, enquiry_answer, enquiry_read, enquiry_receive
from home.services.pages import pages_mark_reviewed
from home.services.translations import home_page_hand_over, page_restriction_copy

__all__ = [
    "ENQUIRY_KEPT",
    "enquiries_forget",
    "enquiry_answer",
    "enquiry_read",
    "enquiry_receive",
    "home_page_hand_over",
    "page_restriction_copy",
    "pages_mark_reviewed",
]
