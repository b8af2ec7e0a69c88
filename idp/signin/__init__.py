"""The flow: parked interactions, the table that decides the next step, browser sessions, sign-out everywhere."""
