"""Options and set-up that several commands share."""
