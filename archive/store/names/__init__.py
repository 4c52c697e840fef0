"""Names and words as people type them: short, in pinyin, by initials, in traditional characters, in English."""
