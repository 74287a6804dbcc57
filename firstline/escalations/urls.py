from django.urls import path

from firstline.escalations.views import asking, engineers, problems, public

app_name = "escalations"
urlpatterns = [
    path("conversations/<int:pk>/engineering/", asking.panel, name="panel"),
    path("conversations/<int:pk>/ask-an-engineer/", asking.ask, name="ask"),
    path("engineering/<int:pk>/withdraw/", asking.withdraw, name="withdraw"),
    path("engineering/<int:pk>/draft/", asking.use, name="use"),
    path("engineering/<int:pk>/article/", asking.article, name="article"),
    path("conversations/<int:pk>/problem/", problems.choose, name="choose_problem"),
    path("conversations/<int:pk>/problem/leave/", problems.leave, name="leave_problem"),
    path("conversations/<int:pk>/problem/draft/", problems.use, name="use_told"),
    path("problems/", problems.index, name="problems"),
    path("problems/propose/", problems.accept, name="accept_problem"),
    path("problems/<int:pk>/", problems.problem, name="problem"),
    path("problems/<int:pk>/issue/", problems.issue, name="problem_issue"),
    path("settings/engineers/", engineers.index, name="engineers"),
    path("settings/engineers/new/", engineers.add, name="add_engineer"),
    path("settings/engineers/<int:pk>/", engineers.edit, name="engineer"),
    path("settings/engineers/owners/", engineers.owners, name="owners"),
    path("settings/engineers/owners/<int:pk>/forget/", engineers.forget, name="forget_owners"),
    path("engineer/<str:token>/", public.answer, name="answer"),
]
