"""What moderators see. What follows from duels, or was said by others, is read here and not rewritten."""

from duels.admin import cases, played, post, prompts

__all__ = ["cases", "played", "post", "prompts"]
