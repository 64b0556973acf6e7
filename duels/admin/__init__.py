"""What moderators see. What follows from duels, or was said by others, is read here and not rewritten."""

from duels.admin import cases, erasing, fairplay, played, post, prompts, training

__all__ = ["cases", "erasing", "fairplay", "played", "post", "prompts", "training"]
