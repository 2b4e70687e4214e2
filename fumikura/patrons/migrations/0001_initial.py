import django.db.models.deletion
import fumikura.patrons.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisation', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PartnerService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.CharField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('about', models.CharField(blank=True, max_length=300)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('redirects', models.JSONField(default=list)),
                ('scopes', models.JSONField(default=list)),
                ('sector', models.CharField(max_length=100)),
                ('added_at', models.DateTimeField()),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=40)),
                ('name_en', models.CharField(blank=True, max_length=40)),
                ('card_years', models.PositiveSmallIntegerField(default=3)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='patrons.category')),
            ],
        ),
        migrations.CreateModel(
            name='Patron',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=fumikura.patrons.models.new_key, max_length=40, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('reading', models.CharField(blank=True, max_length=100)),
                ('sort_key', models.CharField(blank=True, db_index=True, max_length=100)),
                ('name_key', models.CharField(blank=True, db_index=True, max_length=100)),
                ('born_on', models.DateField(blank=True, null=True)),
                ('residency', models.CharField(choices=[('resident', '在住'), ('works', '在勤'), ('studies', '在学'), ('neighbour', '広域協定'), ('group', '団体')], default='resident', max_length=10)),
                ('postcode', models.CharField(blank=True, max_length=8)),
                ('address', models.CharField(blank=True, max_length=200)),
                ('district', models.CharField(blank=True, max_length=40)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('phone_key', models.CharField(blank=True, max_length=20)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('language', models.CharField(default='ja', max_length=10)),
                ('note', models.TextField(blank=True)),
                ('keeps_shelf', models.BooleanField(default=False)),
                ('services', models.JSONField(default=list)),
                ('consents', models.JSONField(default=list)),
                ('password', models.CharField(blank=True, max_length=200)),
                ('registered_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='patrons.category')),
                ('guardian', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='wards', to='patrons.patron')),
                ('home', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='organisation.facility')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patrons.patron')),
            ],
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('credential', models.CharField(max_length=700, unique=True)),
                ('public_key', models.TextField()),
                ('counter', models.BigIntegerField(default=0)),
                ('added_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passkeys', to='patrons.patron')),
            ],
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('with_titles', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField()),
                ('patron', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to='patrons.patron')),
            ],
        ),
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=30)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='patrons.patron')),
            ],
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('new', '利用登録'), ('change', '住所などの変更'), ('renewal', 'カードの更新')], max_length=10)),
                ('answers', models.JSONField(default=dict)),
                ('applied_at', models.DateTimeField()),
                ('ends_on', models.DateField(db_index=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('patron', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='patrons.patron')),
            ],
        ),
        migrations.CreateModel(
            name='PatronMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merged_at', models.DateTimeField()),
                ('before', models.JSONField(default=dict)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('into', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patrons.patron')),
                ('old', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patrons.patron')),
            ],
        ),
        migrations.CreateModel(
            name='PatronSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.CharField(max_length=40, unique=True)),
                ('device', models.CharField(blank=True, max_length=80)),
                ('began_at', models.DateTimeField()),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_sessions', to='patrons.patron')),
            ],
        ),
        migrations.CreateModel(
            name='Permit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scopes', models.JSONField(default=list)),
                ('given_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='permits', to='patrons.patron')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='patrons.partnerservice')),
            ],
        ),
        migrations.CreateModel(
            name='PermitToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('scopes', models.JSONField(default=list)),
                ('issued_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('redirect', models.CharField(blank=True, max_length=500)),
                ('challenge', models.CharField(blank=True, max_length=128)),
                ('nonce', models.CharField(blank=True, max_length=300)),
                ('signed_in_at', models.DateTimeField()),
                ('permit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='patrons.permit')),
            ],
        ),
        migrations.CreateModel(
            name='Postcode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(db_index=True, max_length=7)),
                ('address', models.CharField(max_length=120)),
                ('district', models.CharField(blank=True, max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('number', 'address'), name='a_postcode_says_it_once')],
            },
        ),
        migrations.CreateModel(
            name='Proxy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('helper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='helps', to='patrons.patron')),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proxies', to='patrons.patron')),
            ],
        ),
        migrations.CreateModel(
            name='Shelf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_key', models.CharField(max_length=64)),
                ('locked_key', models.CharField(max_length=200)),
                ('salt', models.CharField(max_length=64)),
                ('sealed', models.JSONField(default=list)),
                ('opened_on', models.DateField()),
                ('patron', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='shelf', to='patrons.patron')),
            ],
        ),
        migrations.CreateModel(
            name='Card',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30)),
                ('issued_on', models.DateField()),
                ('expires_on', models.DateField()),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('stop_reason', models.CharField(blank=True, max_length=20)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='organisation.agency')),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='patrons.patron')),
            ],
            options={
                'indexes': [models.Index(fields=['number'], name='card_number')],
                'constraints': [models.UniqueConstraint(fields=('agency', 'number'), name='one_card_per_number'), models.UniqueConstraint(condition=models.Q(('stopped_at', None)), fields=('patron',), name='one_valid_card_per_patron')],
            },
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('patron', 'service'), name='one_open_permit_per_service'),
        ),
        migrations.AddIndex(
            model_name='permittoken',
            index=models.Index(fields=['expires_at'], name='permit_token_end'),
        ),
        migrations.AddConstraint(
            model_name='proxy',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('patron', 'helper'), name='helps_once'),
        ),
        migrations.CreateModel(
            name='ContactPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(max_length=10)),
                ('address', models.TextField(blank=True)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('keys', models.JSONField(default=dict)),
                ('name', models.CharField(blank=True, max_length=80)),
                ('since', models.DateTimeField()),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contact_points', to='patrons.patron')),
            ],
        ),
    ]
