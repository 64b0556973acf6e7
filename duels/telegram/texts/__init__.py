"""What the bot says, a catalogue a topic. English stands here; locale/ has the other languages."""
