"""What moderators see. What follows from duels, or was said by others, is read here and not rewritten."""

from duels.admin import cases, fairplay, played, post, prompts

__all__ = ["cases", "fairplay", "played", "post", "prompts"]
