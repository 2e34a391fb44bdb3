from notifications.services.addresses import address_try_again, mail_news_receive
from notifications.services.contact import contact_ask, contact_confirm, contact_remove
from notifications.services.deliver import messages_deliver
from notifications.services.preferences import kind_switch_off, preferences_set
from notifications.services.purge import messages_purge
from notifications.services.queue import Outgoing, messages_mark_read, messages_queue, messages_withdraw
from notifications.services.retry import message_lay_aside, message_retry, messages_lay_aside_since_restore
from notifications.services.wording import wording_test_send

__all__ = [
    "Outgoing",
    "address_try_again",
    "contact_ask",
    "contact_confirm",
    "contact_remove",
    "kind_switch_off",
    "mail_news_receive",
    "message_lay_aside",
    "message_retry",
    "messages_deliver",
    "messages_lay_aside_since_restore",
    "messages_mark_read",
    "messages_purge",
    "messages_queue",
    "messages_withdraw",
    "preferences_set",
    "wording_test_send",
]
