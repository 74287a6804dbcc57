"""The switch for remote pictures, beside a mail that is shown as it was sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from firstline.accounts.doors import person
from firstline.conversations.actions import covering, picturing
from firstline.conversations.models import Message
from firstline.conversations.views.common import back, is_htmx, permitted
from firstline.conversations.views.files import frame


@require_POST
@permitted("conversations.note")
def pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the remote pictures of this message's conversation from now on (`on=1`), or no more; the frame again."""
    user = person(request)
    messages = Message.objects.visible_to(user).exclude(html="").select_related("conversation")
    message = get_object_or_404(messages, pk=pk)
    if not covering.may_open(message, user):
        raise Http404
    picturing.show(message.conversation, by=user, on=request.POST.get("on") == "1")
    message.conversation.refresh_from_db()
    return frame(request, message) if is_htmx(request) else back(request, message.conversation)
