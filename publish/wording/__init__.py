"""The words of the site: strings, codes, rules, measures, data dictionary."""
