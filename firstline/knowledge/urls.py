from django.urls import path

from firstline.knowledge.views import beside, publishing, questions, writing

app_name = "knowledge"
urlpatterns = [
    path("", writing.index, name="index"),
    path("new/", writing.new, name="new"),
    path("preview/", writing.preview, name="preview"),
    path("starter/", publishing.load_starter, name="load_starter"),
    path("<int:pk>/", writing.edit, name="edit"),
    path("<int:pk>/save/", writing.save, name="save"),
    path("<int:pk>/details/", writing.details, name="details"),
    path("<int:pk>/publish/", publishing.publish, name="publish"),
    path("<int:pk>/review/", publishing.review, name="review"),
    path("<int:pk>/retire/", publishing.retire, name="retire"),
    path("<int:pk>/discard/", publishing.discard, name="discard"),
    path("<int:pk>/history/", publishing.history, name="history"),
    path("<int:pk>/history/<int:revision>/restore/", publishing.restore, name="restore"),
    path("<int:pk>/questions/", questions.questions, name="questions"),
    path("<int:pk>/questions/add/", questions.add, name="add_question"),
    path("<int:pk>/questions/<int:phrasing>/remove/", questions.remove, name="remove_question"),
    path("beside/<int:conversation>/", beside.panel, name="panel"),
    path("propose/<int:conversation>/", beside.propose, name="propose"),
    path("attach/<int:conversation>/", beside.attach, name="attach"),
]
