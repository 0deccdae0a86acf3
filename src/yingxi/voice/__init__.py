"""Speech: a voice for every character, and the mix of what they say."""
