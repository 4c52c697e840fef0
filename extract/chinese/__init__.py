"""How official Chinese texts write labels, numbers, dates, headings, titles and agencies."""
