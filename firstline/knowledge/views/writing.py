"""The list of articles and the editor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import needs, person
from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.knowledge import actions, queries, rendering
from firstline.knowledge.forms import BODY_LENGTH, ArticleForm, DetailsForm
from firstline.knowledge.models import Article, ArticleText, Visibility

LANGUAGES = ("en", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt-br", "ru", "tr", "uk", "zh-hans")
"""Languages that the editor offers; any other code can be stored by the commands."""


@require_GET
@needs("articles.view")
def index(request: HttpRequest) -> HttpResponse:
    """Every article by status; `q` looks into titles, bodies and questions."""
    words = request.GET.get("q", "").strip()[:200]
    template = (
        "knowledge/frame.html#list" if request.headers.get("HX-Target") == "article-list" else "knowledge/index.html"
    )
    return render(
        request,
        template,
        {"shelves": queries.listing(person(request), words), "words_in_list": words, "place": "articles"},
    )


@require_http_methods(["GET", "POST"])
@needs("articles.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Begin an article with its title."""
    form = ArticleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        article = actions.draft_article(
            by=person(request), title=form.cleaned_data["title"], body=form.cleaned_data["body"]
        )
        return redirect("knowledge:edit", article.pk)
    context = {"form": form, "place": "articles", "shelves": queries.listing(person(request))}
    return render(request, "knowledge/new.html", context, status=422 if form.errors else 200)


@require_GET
@needs("articles.view")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor: source, preview, questions, details."""
    article = visible(request, pk)
    return _editor(request, article, DetailsForm.of(article))


@require_POST
@needs("articles.edit")
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the draft; answers with the line that says so when the page saves by itself."""
    article = visible(request, pk)
    language = request.POST.get("language", "")[:12] or actions.first_language(article)
    problem = save_from(request, article, language)
    article.refresh_from_db()
    if request.headers.get("HX-Request"):
        context = {"article": article, "problem": problem}
        return render(request, "knowledge/write.html#saved", context, status=409 if problem else 200)
    if problem:
        return _editor(request, article, DetailsForm.of(article), problem=problem, status=409)
    messages.success(request, _("Saved. Readers see it once you publish."))
    return redirect(f"{reverse('knowledge:edit', args=[pk])}?lang={language}")


@require_POST
@needs("articles.edit")
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Change shelf, readers, errors and address."""
    article = visible(request, pk)
    form = DetailsForm(request.POST)
    if not form.is_valid():
        return _editor(request, article, form, status=422)
    data = form.cleaned_data
    category = actions.create_category(data["new_category"]) if data["new_category"].strip() else data["category"]
    try:
        actions.save_details(
            article,
            by=person(request),
            category=category,
            visibility=Visibility(data["visibility"]),
            signatures=data["signatures"],
            product=data["product"],
            versions=data["versions"],
            next_review=data["next_review"],
            slug=data["slug"],
        )
    except actions.SlugTaken as refusal:
        form.add_error("slug", str(refusal))
        article.refresh_from_db()
        return _editor(request, article, form, status=422)
    messages.success(request, _("Saved."))
    return redirect("knowledge:edit", article.pk)


@require_POST
@needs("articles.view")
def preview(request: HttpRequest) -> HttpResponseBase:
    """What readers would see of the Markdown in `body`; nothing is stored."""
    return render(
        request, "knowledge/preview.html", {"page": rendering.page(request.POST.get("body", "")[:BODY_LENGTH])}
    )


def visible(request: HttpRequest, pk: int) -> Article:
    """The article, when the person may see it. Raises Http404."""
    articles = Article.objects.visible_to(person(request))
    return get_object_or_404(articles.select_related("category", "owner", "review_asked_by"), pk=pk)


def save_from(request: HttpRequest, article: Article, language: str) -> str:
    """Keep the draft that the form holds; returns what was wrong, or nothing."""
    form = ArticleForm(request.POST)
    if not form.is_valid():
        return " ".join(str(error) for errors in form.errors.values() for error in errors)
    data = form.cleaned_data
    try:
        actions.save_draft(
            article, by=person(request), title=data["title"], body=data["body"], language=language, seen=data["seen"]
        )
    except actions.StaleDraft as refusal:
        return str(refusal)
    return ""


def frame(article: Article, user: User, words: str = "") -> dict[str, object]:
    """What the editor's frame shows on each of its tabs."""
    texts = list(article.texts.select_related("published_revision").order_by("id"))
    return {
        "article": article,
        "texts": texts,
        "ahead": any(text.is_ahead for text in texts),
        "questions_count": article.phrasings.count(),
        "history_count": sum(text.revisions.count() for text in texts),
        "shelves": queries.listing(user, words),
        "place": "articles",
    }


def _editor(
    request: HttpRequest, article: Article, details_form: DetailsForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    user = person(request)
    context = frame(article, user)
    texts: list[ArticleText] = context["texts"]  # type: ignore[assignment]  # frame() fills it with a list of texts
    language = (
        request.GET.get("lang", "")[:12]
        or request.POST.get("language", "")[:12]
        or (texts[0].language if texts else "en")
    )
    text = next((one for one in texts if one.language == language), None)
    words = {"title": text.title if text else "", "body": text.body if text else ""}
    if problem:  # the author's words, so that they can be copied
        words = {key: request.POST.get(key, "") for key in words}
    context |= {
        "tab": "write",
        "words": words,
        "language": language,
        "languages": [(code, get_language_info(code)["name_translated"]) for code in LANGUAGES],
        "page": rendering.page(words["body"]),
        "details": details_form,
        "phrasings": article.phrasings.order_by("-id")[:5],
        "problem": problem,
        "behind": _is_behind(texts, text),
        **_beginnings(article, user, words["title"]),
    }
    return render(request, "knowledge/write.html", context, status=status)


def _is_behind(texts: list[ArticleText], text: ArticleText | None) -> bool:
    """Whether a translation was made from a version of the original that readers no longer see."""
    if text is None or text.pk == texts[0].pk or text.published_revision is None:
        return False
    return text.made_from_id != texts[0].published_revision_id


def _beginnings(article: Article, user: User, title: str) -> dict[str, object]:
    """While readers have not seen it: articles that say nearly the same, and what was left out of the conversation."""
    if article.published_at is not None:
        return {}
    source = None
    if article.from_conversation:
        source = Conversation.objects.visible_to(user).filter(pk=article.from_conversation).first()
    return {
        "source": source,
        "removed": actions.removed_from(source) if source else (),
        "alike": queries.alike(title, but=article.pk),
    }
