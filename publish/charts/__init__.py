"""What a chart shows, apart from how it is drawn."""
