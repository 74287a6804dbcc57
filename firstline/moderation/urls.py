from django.urls import path

from firstline.moderation.views import caring, cases, own, public, reports

app_name = "moderation"
urlpatterns = [
    path("moderation/", cases.index, name="index"),
    path("moderation/brigade/", cases.begin_brigade, name="begin_brigade"),
    path("moderation/brigade/<int:pk>/end/", cases.end_brigade, name="end_brigade"),
    path("moderation/mine/", own.mine, name="mine"),
    path("moderation/mine/check-ins/<int:pk>/", own.checked_in, name="checked_in"),
    path("moderation/mine/self-check/", own.self_check, name="self_check"),
    path("moderation/team/", own.team, name="team"),
    path("moderation/detector/", own.detector, name="detector"),
    path("moderation/<int:pk>/", cases.case, name="case"),
    path("moderation/<int:pk>/decide/", cases.decide, name="decide"),
    path("moderation/<int:pk>/second/", cases.second, name="second"),
    path("moderation/<int:pk>/lift/", cases.lift, name="lift"),
    path("moderation/<int:pk>/appeal/", cases.decide_appeal, name="decide_appeal"),
    path("moderation/<int:pk>/hand-over/", cases.hand_over, name="hand_over"),
    path("moderation/<int:pk>/pictures/<int:attachment>/", cases.remember_picture, name="remember_picture"),
    path("moderation/<int:pk>/accept/", cases.accept, name="accept"),
    path("messages/<int:pk>/report/", reports.report, name="report"),
    path("conversations/<int:pk>/care/", caring.panel, name="care"),
    path("conversations/<int:pk>/care/ask/", caring.ask, name="ask_care"),
    path("conversations/<int:pk>/care/take/", caring.take, name="take_care"),
    path("conversations/<int:pk>/care/close/", caring.close, name="close_care"),
    path("settings/safety/", own.settings_page, name="settings"),
    path("appeal/<str:token>/", public.appeal, name="appeal"),
    path("report/<str:token>/", public.report, name="report_outside"),
    path("conduct/", public.conduct, name="conduct"),
    path("conduct/report.json", public.report_json, name="report_json"),
    path("conduct/report.csv", public.report_csv, name="report_csv"),
]
