"""The picture of a timeline in a template."""

from django import template

from phr.portal.timeline_svg import svg_of

register = template.Library()
register.filter("svg", svg_of)
