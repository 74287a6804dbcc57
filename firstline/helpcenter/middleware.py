"""Which language a page is in: the reader's on public pages, as far as there is a catalogue; English at the desk."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from firstline.helpcenter import rules

YEAR = 365 * 24 * 3600


class ReadersLanguage(LocaleMiddleware):
    """What `?lang=` asks for, else what was chosen before, else what the browser prefers; a choice is remembered in a
    cookie of its own, except on pages that stand in other sites' frames, which set none.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language for this request."""
        found = translation.get_language_from_request(request)
        translation.activate(rules.interface_language(request.path, request.GET.get("lang", ""), found))
        request.LANGUAGE_CODE = translation.get_language() or "en"

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Remember what was chosen on this page."""
        chosen = request.GET.get("lang", "")
        if chosen in rules.INTERFACE_LANGUAGES and rules.remembers_language(request.path):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=YEAR,
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
        return super().process_response(request, response)
