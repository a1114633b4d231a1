"""frontdesk ask, chat."""

from typing import Any

import click

from app.cli.running import CLINIC, JSON, call, show


@click.command()
@CLINIC
@click.argument("question")
@JSON
def ask(clinic: str, question: str, as_json: bool) -> None:
    """Answer one question from a clinic's papers."""
    facts = call("ask", {"clinic": clinic, "question": question})
    show(facts, as_json, _answer_lines)


def _answer_lines(answer: dict[str, Any]) -> list[str]:
    lines = [answer["text"]]
    for source in answer["citations"]:
        page = f", page {source['page']}" if source["page"] else ""
        lines.append(f"  [{source['document']}{page}, {source['effective']}] {source['quote']}")
    return lines


@click.command()
@CLINIC
def chat(clinic: str) -> None:
    """Talk to a clinic's desk in this terminal."""
    opened = call("chat_open", {"clinic": clinic})
    click.echo(f"{opened['disclosure']}\n\n{opened['greeting']}")
    while True:
        try:
            text = click.prompt("\nyou", prompt_suffix="> ")
        except click.Abort:
            click.echo()
            return
        said = {"clinic": clinic, "conversation_id": opened["conversation_id"], "text": text}
        done = call("chat_say", said)
        click.echo(done["reply"])
