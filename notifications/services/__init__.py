from notifications.services.deliver import messages_deliver
from notifications.services.queue import Outgoing, messages_mark_read, messages_queue, messages_withdraw

__all__ = ["Outgoing", "messages_deliver", "messages_mark_read", "messages_queue", "messages_withdraw"]
