"""How official Chinese text writes labels, numbers, dates, headings, titles and agencies."""
