from notifications.services.deliver import messages_deliver
from notifications.services.queue import Outgoing, messages_mark_read, messages_queue, messages_withdraw
from notifications.services.retry import message_retry

__all__ = ["Outgoing", "message_retry", "messages_deliver", "messages_mark_read", "messages_queue", "messages_withdraw"]
