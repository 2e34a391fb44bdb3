from __future__ import annotations

from django.contrib.sitemaps import views as sitemap_views
from django.urls import path, register_converter

from accounts.models import GuideDismissal
from home.feeds import AtomNewsFeed, NewsFeed
from home.sitemaps import SITEMAPS
from home.views import (
    guide_dismiss,
    guide_restore,
    news_read,
    robots,
    security_txt,
    shared_picture,
    signed_in_home,
    site_search,
)


class GuideConverter:
    """A guide by its name; no other word is an address."""

    regex = "|".join(GuideDismissal.Guide.values)

    def to_python(self, value: str) -> GuideDismissal.Guide:
        return GuideDismissal.Guide(value)

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(GuideConverter, "guide")

SITEMAP = {"sitemaps": SITEMAPS, "template_name": "home/sitemap.xml"}

urlpatterns = [
    path("home/", signed_in_home, name="signed_in_home"),
    path("home/news/read/", news_read, name="home_news_read"),
    path("home/guides/<guide:guide>/dismiss/", guide_dismiss, name="home_guide_dismiss"),
    path("home/guides/<guide:guide>/restore/", guide_restore, name="home_guide_restore"),
    path("search/", site_search, name="site_search"),
    path("robots.txt", robots, name="robots"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("shared/<int:page_id>/<slug:version>.jpg", shared_picture, name="shared_picture"),
    path("feeds/news.rss", NewsFeed(), name="news_rss"),
    path("feeds/news.atom", AtomNewsFeed(), name="news_atom"),
    path("sitemap.xml", sitemap_views.index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}, name="sitemaps"),
    path("sitemap-<section>.xml", sitemap_views.sitemap, SITEMAP, name="sitemap"),
]
