import accounts.models
import django.db.models.deletion
import django.utils.timezone
import emotionduel.encryption
from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations, models

from emotionduel.encryption import EncryptedJSONField, EncryptedTextField

# The columns keep their types: what lies there in plain text is still read, and `manage.py rotate_keys` seals it.
SEALED = [
    migrations.AlterField('entry', 'file_id', EncryptedTextField(blank=True)),
    migrations.AlterField('notice', 'params', EncryptedJSONField(default=dict, encoder=DjangoJSONEncoder)),
    migrations.AlterField('update', 'payload', EncryptedJSONField()),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_privacy'),
        ('duels', '0005_fairplay'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=SEALED),
        migrations.CreateModel(
            name='SetPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('photo', models.CharField(db_index=True, max_length=12)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='TrainedWeights',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('adopted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('figures', models.JSONField(default=dict)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='TrainingPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('lease_holder', models.CharField(blank=True, editable=False, max_length=16)),
                ('tries', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('public_id', models.CharField(default=accounts.models.public_id, editable=False, max_length=12, unique=True)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('kept', 'Kept'), ('lost', 'Lost')], default='waiting', max_length=10)),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('consent', models.TextField()),
                ('file_id', emotionduel.encryption.EncryptedTextField(blank=True)),
                ('photo', emotionduel.encryption.EncryptedBinaryField(blank=True, null=True)),
                ('text', models.CharField(max_length=120)),
                ('match', models.FloatField(blank=True, null=True)),
                ('shares', models.JSONField(blank=True, null=True)),
                ('box', models.JSONField(blank=True, null=True)),
                ('tilt', models.FloatField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='TrainingSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.models.public_id, editable=False, max_length=12, unique=True)),
                ('created', models.DateTimeField(default=django.utils.timezone.now)),
                ('folder', models.TextField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('cleared_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('file_unique_id', ''), _negated=True), fields=['sent_at'], name='entry_traces'),
        ),
        migrations.AddField(
            model_name='trainingphoto',
            name='duel',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='duels.duel'),
        ),
        migrations.AddField(
            model_name='trainingphoto',
            name='player',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='training_photos', to='accounts.player'),
        ),
        migrations.AddField(
            model_name='trainedweights',
            name='training_set',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='weights', to='duels.trainingset'),
        ),
        migrations.AddField(
            model_name='setphoto',
            name='training_set',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='duels.trainingset'),
        ),
        migrations.AddIndex(
            model_name='trainingphoto',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['id'], name='training_photo_waiting'),
        ),
        migrations.AddConstraint(
            model_name='trainingphoto',
            constraint=models.UniqueConstraint(fields=('player', 'duel'), name='training_photo_once'),
        ),
        migrations.AddConstraint(
            model_name='setphoto',
            constraint=models.UniqueConstraint(fields=('training_set', 'photo'), name='set_photo_once'),
        ),
    ]
