from __future__ import annotations

from datetime import date
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from accounts.models import Gender, Patient, User
from accounts.roles import Role

PASSWORD = "orchard lantern seagull"


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person with a confirmed address and the password `PASSWORD`; `roles` are the groups to be in."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    first_name = "Maya"
    last_name = "Okafor"

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **{"password": PASSWORD, **kwargs})

    @factory.post_generation
    def confirmed(self: User, create: Any, extracted: Any, **_: Any) -> None:
        if create:
            verified = extracted is not False
            EmailAddress.objects.create(user=self, email=self.email, verified=verified, primary=True)

    @factory.post_generation
    def roles(self: User, create: Any, extracted: Any, **_: Any) -> None:
        if create and extracted:
            self.groups.set(Group.objects.filter(name__in=extracted))


class PatientFactory(factory.django.DjangoModelFactory[Patient]):
    class Meta:
        model = Patient

    user = factory.SubFactory(UserFactory, roles=[Role.PATIENT])
    given_name = "Maya"
    family_name = "Okafor"
    birth_date = date(1986, 3, 27)
    gender = Gender.FEMALE
    phone = "+447700900123"
