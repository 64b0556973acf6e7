"""While a release is rolled out, processes of the old one go on writing to the database that the new one has migrated.

So a new column has a default in the database or may be empty, and nothing goes or changes its name. Where a migration
must break that, it says so: `BREAKS_OLD_CODE = "why, and how to deploy it"`.
"""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

OURS = ("accounts", "duels")
# Nobody had installed a release before these.
FIRST = {"accounts": "0003", "duels": "0003"}
GONE = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


def complaints(operations: list[Operation], made_here: set[str] | None = None) -> Iterator[str]:
    """What old code would stumble over."""
    made = set() if made_here is None else made_here
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from complaints(list(operation.database_operations), made)
        elif isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
        elif getattr(operation, "model_name", "").lower() not in made and (found := breaks(operation)):
            yield found


def narrowed(before: models.Field, after: models.Field) -> bool:
    """What old code writes may not fit any more, or it may not understand what it reads."""
    shorter = (after.max_length or 0) < (before.max_length or 0)
    return type(before) is not type(after) or (before.null and not after.null) or shorter


def breaks(operation: Operation) -> str:
    if isinstance(operation, GONE):
        return f"{operation.describe()}: old code still uses it"
    if isinstance(operation, migrations.AddField) and not writable_by_others(operation.field):
        return f"{operation.describe()}: old code writes rows without it; null=True or db_default"
    if isinstance(operation, migrations.RunSQL | migrations.AddConstraint | migrations.AlterUniqueTogether):
        return f"{operation.describe()}: old code may not keep to it"
    return ""


def writable_by_others(field: models.Field) -> bool:
    return bool(field.null or field.many_to_many or field.db_default is not NOT_PROVIDED)


def released() -> Iterator[tuple[str, list[str]]]:
    """Each migration since the first release, and what is said of it, unless it has its word."""
    loader = MigrationLoader(None)
    state = ProjectState()
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), True):
        migration = loader.graph.nodes[app, name]
        if app in OURS and name[:4] > FIRST[app] and not word_of(migration):
            yield f"{app}.{name}", [*complaints(list(migration.operations)), *changed(migration, state)]
        state = migration.mutate_state(state, preserve=False)


def word_of(migration: migrations.Migration) -> str:
    return str(getattr(import_module(migration.__module__), "BREAKS_OLD_CODE", ""))


def changed(migration: migrations.Migration, before: ProjectState) -> Iterator[str]:
    for operation in migration.operations:
        if isinstance(operation, migrations.AlterField):
            model = before.models.get((migration.app_label, operation.model_name_lower))
            if model and operation.name in model.fields and narrowed(model.fields[operation.name], operation.field):
                yield f"{operation.describe()}: old code still knows the old one"


def test_old_code_survives_every_migration() -> None:
    assert {name: said for name, said in released() if said} == {}


def test_a_column_may_become_wider_but_not_narrower_and_nothing_else() -> None:
    short, long = models.CharField(max_length=5), models.CharField(max_length=50)
    assert narrowed(long, short)
    assert not narrowed(short, long)
    assert narrowed(models.CharField(null=True), models.CharField())
    assert narrowed(models.JSONField(), models.TextField())


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (migrations.AddField("player", "hat", models.CharField(max_length=5)), "db_default"),
        (migrations.AddField("player", "hat", models.CharField(max_length=5, default="")), "db_default"),
        (migrations.AddField("player", "hat", models.CharField(max_length=5, db_default="")), ""),
        (migrations.AddField("player", "hat", models.CharField(max_length=5, null=True)), ""),
        (migrations.RemoveField("player", "hat"), "still uses"),
        (migrations.RenameField("player", "hat", "cap"), "still uses"),
        (migrations.DeleteModel("Player"), "still uses"),
        (migrations.AddConstraint("player", models.UniqueConstraint(fields=["hat"], name="one_hat")), "keep to it"),
        (migrations.AddIndex("player", models.Index(fields=["hat"], name="by_hat")), ""),
    ],
)
def test_what_old_code_stumbles_over(operation: Operation, said: str) -> None:
    assert said in " ".join(complaints([operation]))
    assert bool(list(complaints([operation]))) is bool(said)


def test_a_new_tables_columns_are_nobody_elses() -> None:
    made = [migrations.CreateModel("Hat", []), migrations.AddField("hat", "size", models.IntegerField())]
    assert list(complaints(made)) == []
