from __future__ import annotations

from datetime import date

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from accounts.models import Patient, User


class EmailAddressFactory(DjangoModelFactory[EmailAddress]):
    class Meta:
        model = EmailAddress

    email = factory.LazyAttribute(lambda address: address.user.email)
    verified = True
    primary = True


class UserFactory(DjangoModelFactory[User]):
    """An account that has proved its address; `confirmed=None` for one that has not."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    first_name = "Robin"
    last_name = factory.Sequence(lambda n: f"Person{n}")
    confirmed = factory.RelatedFactory(EmailAddressFactory, factory_related_name="user")


class PatientFactory(DjangoModelFactory[Patient]):
    """A patient with an account of their own; `user=None` for one without."""

    class Meta:
        model = Patient

    user = factory.SubFactory(UserFactory)
    given_name = "Robin"
    family_name = factory.Sequence(lambda n: f"Person{n}")
    birth_date = date(1980, 5, 17)
    phone = "+447700900123"
