# Webhooks and their deliveries; the right to keep them.

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0007_changes_of_a_subject'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='event',
            options={'ordering': ('-date', '-id'), 'permissions': (('propose_change', 'Can propose a change'), ('correct_event', 'Can create and correct events'), ('curate_event', 'Can curate related links'), ('manage_contexts', 'Can manage contexts'), ('decide_review', 'Can decide review items'), ('write_editorial', 'Can write editorials'), ('merge_event', 'Can merge and un-merge events, contexts and publishers'), ('run_bulk_change', 'Can change many events at once, and undo it'), ('withdraw_event', 'Can withdraw and restore events'), ('remove_event', 'Can remove events for legal reasons'), ('run_harvest', 'Can harvest and restore'), ('see_audit', 'Can see who did what'), ('manage_people', 'Can manage people'), ('manage_webhooks', 'Can manage webhooks'))},
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=500)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('types', models.JSONField(blank=True, default=list)),
                ('edition', models.CharField(blank=True, choices=[('en', 'English'), ('zh', '中文')], max_length=3)),
                ('enabled', models.BooleanField(default=True)),
                ('stopped_why', models.TextField(blank=True)),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, help_text='When its owner was told that it stopped.', null=True)),
                ('by_name', models.CharField(max_length=150)),
                ('key', models.CharField(help_text='Begins the ids of its messages.', max_length=16, unique=True)),
                ('salt', models.CharField(max_length=32)),
                ('former_salt', models.CharField(blank=True, max_length=32)),
                ('former_until', models.DateTimeField(blank=True, null=True)),
                ('fingerprint', models.CharField(max_length=8)),
                ('position', models.PositiveBigIntegerField(default=0)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('delivered_at', models.DateTimeField(blank=True, help_text='The last success.', null=True)),
                ('last_seconds', models.FloatField(default=0)),
                ('lease', models.CharField(blank=True, max_length=32)),
                ('leased_until', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('pending', 'Waiting'), ('delivered', 'Delivered'), ('given_up', 'Given up')], default='pending', max_length=10)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('first_tried_at', models.DateTimeField(null=True)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tries', models.JSONField(default=list)),
                ('answer', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('done_at', models.DateTimeField(null=True)),
                ('change', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.change')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='events.webhook')),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
                'ordering': ('-id',),
            },
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('url', ''), _negated=True), name='webhook_has_url'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('failing_since__isnull', True), ('failures', 0)), models.Q(('failing_since__isnull', False), ('failures__gt', 0)), _connector='OR'), name='webhook_failing_since_first_failure'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['webhook', 'next_try_at'], name='delivery_waiting'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'pending'), _negated=True), fields=['done_at'], name='delivery_done'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('webhook', 'change'), name='delivery_once_a_change'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'delivered', 'given_up'])), name='delivery_state_known'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('done_at__isnull', False)), _connector='OR'), name='delivery_done_when_not_pending'),
        ),
    ]
