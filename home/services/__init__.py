from home.services.enquiries import ENQUIRY_KEPT, enquiries_forget, enquiry_answer, enquiry_read, enquiry_receive
from home.services.pages import pages_mark_reviewed

__all__ = [
    "ENQUIRY_KEPT",
    "enquiries_forget",
    "enquiry_answer",
    "enquiry_read",
    "enquiry_receive",
    "pages_mark_reviewed",
]
