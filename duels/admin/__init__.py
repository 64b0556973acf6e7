"""What moderators see. What follows from duels, or was said by others, is read here and not rewritten."""

from duels.admin import barred, cases, erasing, fairplay, played, post, prompts, training

__all__ = ["barred", "cases", "erasing", "fairplay", "played", "post", "prompts", "training"]
