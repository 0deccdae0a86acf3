"""The only room that touches codecs: video, pictures, sound, subtitles and timelines, read and written."""
