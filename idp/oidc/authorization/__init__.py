"""Authorization requests: how they come, what is checked, what is answered."""
