from django.db import migrations, models

from phr.accounts.models import refuse_impossible_birth
from phr.core.single_line import refuse_other_than_one_line


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_people_are_found")]

    operations = [
        *(
            migrations.AlterField(
                model_name="user",
                name=name,
                field=models.CharField(
                    blank=True, max_length=150, validators=[refuse_other_than_one_line]
                ),
            )
            for name in ("first_name", "last_name")
        ),
        migrations.AlterField(
            model_name="user",
            name="date_of_birth",
            field=models.DateField(
                blank=True, null=True, validators=[refuse_impossible_birth]
            ),
        ),
    ]
