"""Mail to subscribers: what is new since their last digest."""
