import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("doctors", "0002_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="doctor",
            name="gmc_number",
            field=models.CharField(
                max_length=8,
                validators=[
                    django.core.validators.RegexValidator(
                        "^C?\\d{7}$", "A GMC number has seven digits, sometimes with a C in front."
                    )
                ],
                verbose_name="GMC number",
            ),
        ),
        migrations.AlterField(
            model_name="historicaldoctor",
            name="gmc_number",
            field=models.CharField(
                max_length=8,
                validators=[
                    django.core.validators.RegexValidator(
                        "^C?\\d{7}$", "A GMC number has seven digits, sometimes with a C in front."
                    )
                ],
                verbose_name="GMC number",
            ),
        ),
        migrations.AddIndex(
            model_name="doctor",
            index=models.Index(fields=["gmc_number"], name="doctor_gmc_number_idx"),
        ),
        migrations.AddConstraint(
            model_name="doctor",
            constraint=models.UniqueConstraint(
                condition=models.Q(("verification_status__in", ["expired", "suspended", "verified"])),
                fields=("gmc_number",),
                name="doctor_gmc_number_proved_once",
            ),
        ),
    ]
