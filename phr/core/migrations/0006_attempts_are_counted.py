from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_turns_are_found"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttemptCount",
            fields=[
                (
                    "key",
                    models.CharField(max_length=150, primary_key=True, serialize=False),
                ),
                ("counted", models.BigIntegerField()),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["ends_at"], name="core_attempts_ended")
                ],
            },
        ),
    ]
