"""The outbox and what empties it: mail by SMTP, text messages by HTTP, and other deliveries given to it."""
