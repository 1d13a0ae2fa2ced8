"""Slack's published figures, counted in UTF-16 units, which never count less than Slack does."""

# https://docs.slack.dev/reference/block-kit/
SLACK_MESSAGE_BLOCKS = 50
SLACK_VIEW_BLOCKS = 100
SLACK_TEXT = 3000
SLACK_FIELD = 2000
SLACK_FIELDS = 10
SLACK_BUTTON_LABEL = 75
SLACK_BUTTON_VALUE = 2000
SLACK_IDENTIFIER = 255  # block_id, action_id, callback_id

# Nowhere published; `msg_blocks_too_long` was seen from about 13,200 (slackapi/bolt-js issue 2509).
SLACK_ALL_TEXTS = 12_000

# https://docs.slack.dev/authentication/verifying-requests-from-slack/
SLACK_SIGNATURE_AGE_S = 300
