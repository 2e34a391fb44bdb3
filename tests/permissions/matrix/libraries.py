"""The table's rows of what Wagtail and Django bring with them."""

from __future__ import annotations

from tests.permissions.matrix.people import ADMINISTRATORS, EDITORS, EVERYBODY, IN_THE_ADMIN, Who
from tests.permissions.matrix.rows import theirs

WAGTAIL = (
    theirs("wagtailadmin_home wagtailadmin_account wagtailadmin_logout", IN_THE_ADMIN, why="the dashboard"),
    theirs("wagtailadmin_sprite wagtailadmin_javascript_catalog", EVERYBODY, why="icons and words of the admin"),
    theirs("wagtailadmin_password_reset*", EVERYBODY, why="hidden behind ours"),
    theirs("/admin/no-such-page/ /admin/test404/", EVERYBODY, why="an address that does not exist"),
    theirs(
        "wagtailadmin_* wagtail_* wagtailsettings:* wagtailembeds:* wagtailsnippets:* wagtaildocs* wagtailimages* "
        "wagtailredirects:* wagtailsearchpromotions:*",
        IN_THE_ADMIN,
        why="Wagtail asks its own permission in each; test_crawl proves what each role finds there",
    ),
    theirs(
        "wagtailsnippets_notifications_messagewording:*", EDITORS, why="whoever writes pages says what messages say"
    ),
    theirs("simple_translation:*", EDITORS, why="Wagtail asks its own permission, and whether they may edit the page"),
    theirs("wagtailsites:* wagtaillocales:*", ADMINISTRATORS, why="Wagtail's own"),
)
DJANGO_ADMIN = (
    theirs("admin:login admin:logout", EVERYBODY, why="leads to our sign-in"),
    theirs("admin:jsi18n", EVERYBODY, why="words of the admin"),
    theirs("admin:* /django-admin/*", frozenset({Who.SUPERUSER}), why="is_staff, which superusers alone have"),
)
