"""Google: Calendar API v3 and Gmail API v1."""
