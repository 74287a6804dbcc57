"""The job that finds gaps."""

from procrastinate.contrib.django import app

from firstline.gaps import actions
from firstline.models_ai.embedder import ModelMissing


@app.periodic(cron="*/10 * * * *")
@app.task(name="gaps.collect", queue="answers", queueing_lock="gaps.collect", priority=-5)
def collect(timestamp: int) -> None:
    """Collect and group what no article answered; without a language model there is nothing to group by."""
    try:
        actions.collect()
    except ModelMissing:
        return
