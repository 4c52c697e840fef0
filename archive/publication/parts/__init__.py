"""Tables as files by year, each written once and joined to whole tables only when one is asked for."""
