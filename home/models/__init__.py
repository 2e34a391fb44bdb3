from home.models.articles import ArticleIndexPage, ArticlePage
from home.models.contact import ContactField, ContactPage, Enquiry
from home.models.landing import LandingPage
from home.models.news import NewsIndexPage, NewsPage
from home.models.pages import HomePage, StandardPage
from home.models.places import LocationPage, OpeningHours, SpecialtyPage
from home.models.sections import FaqPage, SectionPage
from home.models.settings import SiteSettings

__all__ = [
    "ArticleIndexPage",
    "ArticlePage",
    "ContactField",
    "ContactPage",
    "Enquiry",
    "FaqPage",
    "HomePage",
    "LandingPage",
    "LocationPage",
    "NewsIndexPage",
    "NewsPage",
    "OpeningHours",
    "SectionPage",
    "SiteSettings",
    "SpecialtyPage",
    "StandardPage",
]
