from django.db import migrations, models

_TABLES = ("verification_checklistitem", "verification_historicalchecklistitem")
_CHOICES = [
    ("empty", "Not given"),
    ("provided", "Waiting for a check"),
    ("asked", "Asked again"),
    ("accepted", "Checked"),
]


def _renamed(table: str, old: str, new: str) -> str:
    return f"UPDATE {table} SET status = '{new}' WHERE status = '{old}'"  # noqa: S608 - names of this file


class Migration(migrations.Migration):
    """An item that is not given yet is stored as what it is: `empty`."""

    dependencies = [("verification", "0005_picture_sizes")]

    operations = [
        *(
            migrations.AlterField(
                model_name=name,
                name="status",
                field=models.CharField(choices=_CHOICES, default="empty", editable=False, max_length=10),
            )
            for name in ("checklistitem", "historicalchecklistitem")
        ),
        *(
            migrations.RunSQL(_renamed(table, "todo", "empty"), reverse_sql=_renamed(table, "empty", "todo"))
            for table in _TABLES
        ),
    ]
