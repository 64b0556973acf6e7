"""What moderators see. What follows from duels, or was said by others, is read here and not rewritten."""

from duels.admin import played, post, prompts

__all__ = ["played", "post", "prompts"]
