from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations

from emotionduel.encryption import EncryptedJSONField, EncryptedTextField

# The columns keep their types: what lies there in plain text is still read, and `manage.py rotate_keys` seals it.
SEALED = [
    migrations.AlterField("entry", "file_id", EncryptedTextField(blank=True)),
    migrations.AlterField("notice", "params", EncryptedJSONField(default=dict, encoder=DjangoJSONEncoder)),
    migrations.AlterField("update", "payload", EncryptedJSONField()),
]


class Migration(migrations.Migration):
    dependencies = [("duels", "0003_arena"), ("accounts", "0003_live")]
    operations = [migrations.SeparateDatabaseAndState(state_operations=SEALED)]
