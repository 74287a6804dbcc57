"""`firstline eval retrieval` and `firstline search reindex`."""

import argparse
import dataclasses

from firstline.core.commands import Commands, print_json, say


def add(commands: Commands) -> None:
    """Register this slice's commands."""
    commands.add(
        "eval retrieval",
        run=eval_retrieval,
        configure=_eval_options,
        help="Measure how often the right entry is found first, over labelled questions.",
        django=False,
    )
    commands.add(
        "search reindex",
        run=reindex,
        configure=_json_option,
        help="Build the search index anew: words, passages and vectors.",
        django=True,
    )


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def reindex(options: argparse.Namespace) -> int:
    """Print `{articles, conversations, messages, notes, contacts}`: how many of each were indexed."""
    from firstline.search.actions import reindexing

    counts = dataclasses.asdict(reindexing.reindex(say))
    if options.json:
        print_json(counts)
    else:
        print(", ".join(f"{number} {what}" for what, number in counts.items()))
    return 0


def _eval_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--faq", action="append", required=True, metavar="F", help="entries: id, title, text; repeat")
    parser.add_argument(
        "--questions", action="append", required=True, metavar="Q", help="text, label or labels; repeat"
    )
    parser.add_argument("--past", action="append", default=[], metavar="P", help="past questions: text, label; repeat")
    parser.add_argument("--text-only", action="store_true", help="rank by words alone, as without a language model")
    _json_option(parser)


def eval_retrieval(options: argparse.Namespace) -> int:
    """Print `{n, hit1, hit3, mrr10, ndcg10, cpu_ms_per_question, entries, engine}`."""
    from firstline.models_ai import embedder
    from firstline.search import evaluation

    model = None
    if not options.text_only:
        try:
            model = embedder.load()
        except embedder.ModelMissing as error:
            say(f"{error} Measuring text search alone.")
    try:
        entries = evaluation.entries_from(evaluation.read_rows(options.faq), evaluation.read_rows(options.past))
        questions = evaluation.read_rows(options.questions)
        figures = evaluation.evaluate(evaluation.build(entries, model), questions, model)
    except (OSError, ValueError, KeyError) as error:
        say(f"Cannot read what was given: {error}")
        return 2
    report = dataclasses.asdict(figures)
    if options.json:
        print_json(report)
    else:
        print("\n".join(f"{name:20} {value}" for name, value in report.items()))
    return 0
