"""`firstline eval retrieval` and `firstline search reindex`."""

import argparse
import dataclasses

from firstline.core.commands import Commands, print_json, say
from firstline.core.rows import read_rows


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
        "eval answering",
        run=eval_answering,
        configure=_answering_options,
        help="Measure how many questions are answered by themselves, and how many of these rightly.",
        django=False,
    )
    commands.add(
        "eval language",
        run=eval_language,
        configure=_file_option,
        help="Measure how often the language of a text is told rightly.",
        django=False,
    )
    commands.add(
        "eval routing",
        run=eval_routing,
        configure=_routing_options,
        help="Measure how rightly texts are sorted by what they are about, and how often the desk abstains.",
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


def _file_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="text, label (ISO 639-1)")
    _json_option(parser)


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
        entries = evaluation.entries_from(read_rows(options.faq), read_rows(options.past))
        questions = read_rows(options.questions)
        figures = evaluation.evaluate(evaluation.Index(entries, model), questions)
    except (OSError, ValueError, KeyError) as error:
        say(f"Cannot read what was given: {error}")
        return 2
    return _print(dataclasses.asdict(figures), as_json=options.json)


def _answering_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", type=float, default=0.95, help="precision to keep, .5 to .99 (%(default)s)")
    parser.add_argument("--holdout", type=float, default=0.0, help="share of entries taken out, by a hash of their id")
    parser.add_argument("--cv", type=int, default=0, metavar="FOLDS", help="refit by entry on the other folds")
    _eval_options(parser)


def eval_answering(options: argparse.Namespace) -> int:
    """Print `{n, answered, coverage, precision, ece, threshold, answerable}`."""
    from firstline.models_ai import embedder
    from firstline.search import answering, evaluation
    from firstline.search.rules import confidence

    try:
        model = embedder.load()
        faq, questions = read_rows(options.faq), read_rows(options.questions)
        past = read_rows(options.past)
        judged = answering.judge(evaluation.entries_from(answering.kept(faq, options.holdout), past), questions, model)
        fit_on = answering.rotated(faq, questions, model) if options.cv else []
        figures = answering.evaluate(judged, options.target, confidence.load(), folds=options.cv, fit_on=fit_on)
    except embedder.ModelMissing as error:
        say(f"{error} Without it nothing is ever answered by itself.")
        return 1
    except (OSError, ValueError, KeyError) as error:
        say(f"Cannot measure this: {error}")
        return 2
    return _print(dataclasses.asdict(figures), as_json=options.json)


def eval_language(options: argparse.Namespace) -> int:
    """Print `{n, accuracy}`."""
    from firstline.models_ai.embedder import ModelMissing
    from firstline.search import evaluation

    try:
        figures = evaluation.evaluate_languages(read_rows([options.file]))
    except ModelMissing as error:
        say(str(error))
        return 1
    except (OSError, ValueError, KeyError) as error:
        say(f"Cannot read what was given: {error}")
        return 2
    return _print(dataclasses.asdict(figures), as_json=options.json)


def _routing_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--train", required=True, metavar="F", help="text, label")
    parser.add_argument("--test", metavar="F", help="text, label; left out with --cv")
    parser.add_argument("--cv", type=int, default=0, metavar="FOLDS", help="cross-validate over --train")
    parser.add_argument("--target", type=float, default=0.95, help="precision to keep by abstaining (%(default)s)")
    _json_option(parser)


def eval_routing(options: argparse.Namespace) -> int:
    """Print `{n, accuracy, macro_f1, abstained, precision, threshold, labels, in_scope_accuracy, oos_auc}`."""
    from firstline.models_ai import embedder
    from firstline.search import answering, routing

    if bool(options.test) == (options.cv > 1):
        say("Give either --test or --cv with two folds or more.")
        return 2
    try:
        model = answering.Remembering(embedder.load())
        train = read_rows([options.train])
        if options.cv:
            figures = routing.cross_validate(train, model, options.cv, options.target)
        else:
            figures = routing.evaluate(train, read_rows([options.test]), model, options.target)
    except embedder.ModelMissing as error:
        say(str(error))
        return 1
    except (OSError, ValueError, KeyError) as error:
        say(f"Cannot measure this: {error}")
        return 2
    return _print(dataclasses.asdict(figures), as_json=options.json)


def _print(report: dict[str, object], *, as_json: bool) -> int:
    if as_json:
        print_json(report)
    else:
        print("\n".join(f"{name:20} {value}" for name, value in report.items()))
    return 0
