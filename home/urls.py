from __future__ import annotations

from django.contrib.sitemaps import views as sitemap_views
from django.urls import path

from home.feeds import AtomNewsFeed, NewsFeed
from home.sitemaps import SITEMAPS
from home.views import robots, signed_in_home

urlpatterns = [
    path("home/", signed_in_home, name="signed_in_home"),
    path("robots.txt", robots, name="robots"),
    path("feeds/news.rss", NewsFeed(), name="news_rss"),
    path("feeds/news.atom", AtomNewsFeed(), name="news_atom"),
    path("sitemap.xml", sitemap_views.index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}, name="sitemaps"),
    path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
]
