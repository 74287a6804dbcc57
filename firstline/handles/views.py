"""The contact's page: every handle with its evidence, everything they asked, who may be the same person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.contacts import actions as contact_actions
from firstline.contacts.models import Contact, Merge, Organization
from firstline.conversations.actions import people
from firstline.handles import queries
from firstline.handles.forms import OrganizationForm, SameForm


@require_safe
@needs("conversations.view")
def contacts(request: HttpRequest) -> HttpResponse:
    """Contacts by name, address or organization; without words, those who wrote last."""
    words = request.GET.get("q", "").strip()[:120]
    found = queries.find(words, person(request))
    return render(request, "handles/contacts.html", {"found": found, "words": words, "place": "contacts"})


@require_safe
@needs("conversations.view")
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """One contact; one that was merged leads to whom it was merged into."""
    found = _visible(request, pk)
    if found.merged_into_id is not None:
        return redirect("handles:contact", found.standing.pk)
    user = person(request)
    context = {
        "contact": found,
        "identities": queries.identities(found),
        "conversations": queries.conversations(found, user),
        "likely": queries.same_people(found, user),
        "merges": queries.merges(found),
        "place": "contacts",
    }
    return render(request, "handles/contact.html", context)


@require_POST
@needs("contacts.merge")
def same(request: HttpRequest, pk: int) -> HttpResponse:
    """The other contact is this one: its handles and conversations come here. 400 with a sentence when they can't."""
    target, other = _pair(request, pk)
    try:
        people.merge(other, target, by=person(request), reason=request.POST.get("reason", "")[:300])
    except contact_actions.MergeRefused as refused:
        return HttpResponseBadRequest(str(refused))
    messages.success(request, _("One person now. It can be taken back below."))
    return redirect("handles:contact", target.pk)


@require_POST
@needs("contacts.merge")
def not_the_same(request: HttpRequest, pk: int) -> HttpResponse:
    """Two people: not suggested again."""
    here, other = _pair(request, pk)
    contact_actions.say_not_the_same(here, other, by=person(request))
    return redirect("handles:contact", here.pk)


@require_POST
@needs("contacts.merge")
def unmerge(request: HttpRequest, pk: int) -> HttpResponse:
    """Two people after all: everything goes back to where it came from. 400 with a sentence when it was done."""
    made = get_object_or_404(Merge.objects.filter(target__in=queries.visible_contacts(person(request))), pk=pk)
    try:
        people.unmerge(made, by=person(request))
    except contact_actions.MergeRefused as refused:
        return HttpResponseBadRequest(str(refused))
    messages.success(request, _("Two people again, each with their own handles and conversations."))
    return redirect("handles:contact", made.target_id)


@require_POST
@needs("conversations.tag")
def set_organization(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the contact belongs. 400 with a sentence when it is too long."""
    found, form = _visible(request, pk), OrganizationForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(" ".join(str(one) for errors in form.errors.values() for one in errors))
    contact_actions.set_organization(
        found, form.cleaned_data["name"], plan=form.cleaned_data["plan"], by=person(request)
    )
    return redirect("handles:contact", found.pk)


@require_safe
@needs("conversations.view")
def organization(request: HttpRequest, pk: int) -> HttpResponse:
    """An organization: its people and what they asked, as far as this person may see it."""
    user = person(request)
    theirs = queries.visible_contacts(user).filter(organization=pk, merged_into=None)
    found = get_object_or_404(Organization.objects.filter(contacts__in=theirs).distinct(), pk=pk)
    context = {
        "organization": found,
        "people": theirs.order_by("name", "pk")[: queries.MOST_SHOWN],
        "conversations": queries.of_organization(found, user),
        "place": "contacts",
    }
    return render(request, "handles/organization.html", context)


def _visible(request: HttpRequest, pk: int) -> Contact:
    return get_object_or_404(
        queries.visible_contacts(person(request)).select_related("organization", "merged_into"), pk=pk
    )


def _pair(request: HttpRequest, pk: int) -> tuple[Contact, Contact]:
    """This contact and the one that the form names, if the person may see both; 404 else."""
    form = SameForm(request.POST)
    return _visible(request, pk), _visible(request, form.cleaned_data["other"] if form.is_valid() else 0)
