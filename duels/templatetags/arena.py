from django import template
from django.utils.translation import get_language

from accounts.refusals import Refused
from duels.arena import Trial, a_trial

register = template.Library()


@register.simple_tag
def drawn_pair() -> Trial | None:
    """None: there is nothing to show, for every prompt is switched off."""
    try:
        return a_trial(get_language() or "en")
    except Refused:
        return None
