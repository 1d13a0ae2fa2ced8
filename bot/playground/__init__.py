"""A local LINE and Slack on loopback, with a page that draws them.

Never here: anything imported from the rest of bot/; the two sides speak HTTP only.
Start with app.create_app, or local.LocalPlatform in a test.
"""
