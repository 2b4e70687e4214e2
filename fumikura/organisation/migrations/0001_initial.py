import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('is_active', models.BooleanField(default=True)),
                ('operator', models.CharField(blank=True, max_length=100)),
                ('works_from', models.TimeField(default=datetime.time(0, 0))),
                ('works_until', models.TimeField(default=datetime.time(0, 0))),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('name_en', models.CharField(blank=True, max_length=100)),
                ('isil', models.CharField(blank=True, max_length=20)),
                ('item_check', models.CharField(default='none', max_length=20)),
                ('card_check', models.CharField(default='none', max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('rules', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='DisasterMode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=200)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, unique=True)),
                ('name', models.CharField(max_length=50)),
                ('name_en', models.CharField(blank=True, max_length=50)),
                ('permissions', models.JSONField(default=list)),
                ('needs_second_factor', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kid', models.CharField(max_length=40, unique=True)),
                ('sealed', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Facility',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('reading', models.CharField(blank=True, max_length=100)),
                ('name_en', models.CharField(blank=True, max_length=100)),
                ('short_name', models.CharField(blank=True, max_length=20)),
                ('kind', models.CharField(choices=[('central', '中央館'), ('branch', '地域館'), ('room', '図書室'), ('counter', '図書館ターミナル'), ('locker', '予約ロッカー'), ('stop', '移動図書館'), ('school', '学校図書館'), ('culture', '文化施設')], max_length=10)),
                ('operator', models.CharField(blank=True, max_length=100)),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('openings', models.JSONField(blank=True, default=list)),
                ('address', models.CharField(blank=True, max_length=200)),
                ('holds_stock', models.BooleanField(default=True)),
                ('lends', models.BooleanField(default=True)),
                ('takes_returns', models.CharField(choices=[('any', 'どの館の資料も'), ('own', '自館の資料だけ'), ('none', '受けない')], default='any', max_length=10)),
                ('pickup', models.CharField(choices=[('all', 'だれでも'), ('school', '学校の人だけ'), ('none', '受取なし')], default='all', max_length=10)),
                ('registers', models.BooleanField(default=True)),
                ('listed_order', models.PositiveIntegerField(default=0)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='organisation.agency')),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='organisation.calendar')),
            ],
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('kind', models.CharField(max_length=20)),
                ('digest', models.CharField(max_length=64)),
                ('dialect', models.CharField(default='standard', max_length=20)),
                ('encoding', models.CharField(default='utf-8', max_length=10)),
                ('line_end', models.CharField(default='cr', max_length=4)),
                ('language', models.CharField(default='ja', max_length=10)),
                ('asks_password', models.BooleanField(default=False)),
                ('returns_provisionally', models.BooleanField(default=False)),
                ('bins', models.JSONField(default=dict)),
                ('added_at', models.DateTimeField()),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='organisation.facility')),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('issued_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='organisation.facility')),
            ],
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ServicePoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, unique=True)),
                ('name', models.CharField(max_length=50)),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='organisation.facility')),
            ],
        ),
        migrations.CreateModel(
            name='SignInAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=64)),
                ('tried_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'indexes': [models.Index(fields=['what', 'tried_at'], name='attempt_what_when')],
            },
        ),
        migrations.CreateModel(
            name='StaffSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.CharField(max_length=40, unique=True)),
                ('device', models.CharField(blank=True, max_length=80)),
                ('began_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_sessions', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ExceptionalDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('is_open', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=200)),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='organisation.facility')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('facility', 'on'), name='one_exception_a_day')],
            },
        ),
        migrations.CreateModel(
            name='BrokenGlass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('permissions', models.JSONField(default=list)),
                ('reason', models.CharField(max_length=300)),
                ('opened_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.facility')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['user'], name='broken_glass_open')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facility', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='organisation.facility')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL)),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='organisation.role')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'role', 'facility'), name='grant_once'), models.UniqueConstraint(condition=models.Q(('facility', None)), fields=('user', 'role'), name='grant_everywhere_once')],
            },
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('totp', '認証アプリ'), ('passkey', 'パスキー')], max_length=10)),
                ('name', models.CharField(max_length=60)),
                ('secret', models.TextField()),
                ('credential', models.CharField(blank=True, max_length=700)),
                ('counter', models.BigIntegerField(default=0)),
                ('added_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='second_factors', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('credential', ''), _negated=True), fields=('credential',), name='one_factor_per_credential')],
            },
        ),
    ]
