from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0010_alter_note_sections'),
    ]

    operations = [
        migrations.AlterModelOptions(name='drug', options={'ordering': ['name'], 'verbose_name': 'medicine'}),
    ]
