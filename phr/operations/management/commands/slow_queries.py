"""Say what PostgreSQL spends most time on: route, calls, times, rows, plan, indexes."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from phr.operations.slow_queries import ORDERS, NotThere, Plan, Query, worst_queries

LONGEST_SHOWN = 400  # characters of a statement


class Command(BaseCommand):
    help = (
        "List the statements that cost PostgreSQL most (pg_stat_statements), each with "
        "the routes that send it, its plan and its indexes. No values are shown."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--most", type=int, default=10, help="how many (%(default)s)"
        )
        parser.add_argument(
            "--by", choices=ORDERS, default="total", help="what is worst (%(default)s)"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: PostgreSQL does not count; says what to do."""
        try:
            queries = list(worst_queries(most=options["most"], order=options["by"]))
        except NotThere as reason:
            raise CommandError(str(reason)) from None
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) for each in queries], indent=2))
            return
        for number, query in enumerate(queries, 1):
            self.show(number, query)

    def show(self, number: int, query: Query) -> None:
        routes = ", ".join(query.routes) or "unknown (none of this week's)"
        self.stdout.write(
            f"{number}. total {query.total / 1000:.2f} s, calls {query.calls}, mean "
            f"{query.mean:.2f} ms, rows {query.rows:.1f}\n"
            f"   route:   {routes}\n"
            f"   query:   {query.statement[:LONGEST_SHOWN]}\n"
            f"{plan_in_words(query.plan)}"
        )


def plan_in_words(plan: Plan | None) -> str:
    if plan is None:
        return "   plan:    PostgreSQL cannot plan it without its values\n"
    whole = f"; reads whole: {', '.join(plan.whole)}" if plan.whole else ""
    return (
        f"   plan:    {plan.steps}\n"
        f"   indexes: {', '.join(plan.indexes) or 'none'}{whole}\n"
    )
