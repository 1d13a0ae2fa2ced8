"""Here: HTTP in and out: webhooks, admin, reports, health.
Never here: what a message means; that is app's to say.
Start with: webhooks.py."""
