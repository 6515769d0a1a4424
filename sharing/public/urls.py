"""Addresses of what people publish, on the public origin."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import IntConverter, StringConverter

from sharing.public import asking, pictures, reporting, views


class ProfileNameConverter(StringConverter):
    """As long as a name can be, and nothing that a database would choke on."""

    regex = r"[^/\x00]{1,30}"


class PublicIdConverter(StringConverter):
    """128 random bits in base64url."""

    regex = r"[A-Za-z0-9_-]{22}"


class KindConverter(StringConverter):
    """What pictures are encoded as."""

    regex = "webp|jpg"


class SizeConverter(IntConverter):
    """Long edges in pixels, as far as there can be any."""

    regex = "[0-9]{1,4}"


register_converter(KindConverter, "picture_kind")
register_converter(SizeConverter, "picture_size")
register_converter(ProfileNameConverter, "profile_name")
register_converter(PublicIdConverter, "public_id")

urlpatterns = [
    path("report", reporting.show_report_of_address),
    path("u/<profile_name:name>", views.show_profile),
    path("u/<profile_name:name>/cover.jpg", pictures.show_cover),
    path("u/<profile_name:name>/everything", pictures.show_everything),
    path("u/<profile_name:name>/sharp", views.show_without_script),
    path("u/<profile_name:name>/statement", views.show_words),
    path("u/<profile_name:name>/statements", views.show_statements),
    path("u/<profile_name:name>/report", reporting.show_report),
    path("u/<profile_name:name>/<public_id:public_id>", views.show_photo),
    path("u/<profile_name:name>/<public_id:public_id>/statement", views.show_statement),
    path("i/<public_id:public_id>/<picture_size:size>.<picture_kind:kind>", pictures.show_picture),
    path("g/challenge", asking.show_challenge),
    path("g/grant", asking.make_grant),
    path("g/pass", asking.take_pass),
    path("g/addresses", asking.give_addresses),
]
