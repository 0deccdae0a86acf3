"""From a text to a screenplay and shots: import, quotations, cast, attribution, scenes, adaptation."""
