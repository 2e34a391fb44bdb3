from __future__ import annotations

from datetime import date
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from accounts.models import Carer, ConsentQuestion, ConsentRecord, Gender, Patient, User
from accounts.roles import Role
from accounts.states import EndReason, InvitationState
from common import clock

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
            self.groups.add(*Group.objects.filter(name__in=extracted))


class PatientFactory(factory.django.DjangoModelFactory[Patient]):
    class Meta:
        model = Patient

    user = factory.SubFactory(UserFactory, roles=[Role.PATIENT])
    given_name = "Maya"
    family_name = "Okafor"
    birth_date = date(1986, 3, 27)
    gender = Gender.FEMALE
    phone = "+447700900123"


class CarerFactory(factory.django.DjangoModelFactory[Carer]):
    """Somebody with an account who sees and books for a patient; `invited=True` before the answer, `ended=True` after.

    `user` is who helps; without one somebody new does.
    """

    class Meta:
        model = Carer

    class Params:
        invited = factory.Trait(state=InvitationState.INVITED, user=None, accepted_at=None)
        ended = factory.Trait(
            state=InvitationState.ENDED, end_reason=EndReason.REVOKED, ended_at=factory.LazyFunction(clock.now)
        )

    patient = factory.SubFactory(PatientFactory)
    user = factory.SubFactory(UserFactory)
    email = factory.LazyAttributeSequence(
        lambda carer, number: carer.user.email if carer.user else f"invited{number}@example.org"
    )
    relation = Carer.Relation.CHILD
    can_book = True
    state = InvitationState.ACCEPTED
    invited_at = factory.LazyFunction(clock.now)
    accepted_at = factory.LazyFunction(clock.now)


class ConsentQuestionFactory(factory.django.DjangoModelFactory[ConsentQuestion]):
    class Meta:
        model = ConsentQuestion
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: f"question-{number}")
    statement = "The doctor may write to my own GP."


class ConsentFactory(factory.django.DjangoModelFactory[ConsentRecord]):
    """Given by the patient now, in today's words."""

    class Meta:
        model = ConsentRecord

    patient = factory.SubFactory(PatientFactory)
    question = factory.SubFactory(ConsentQuestionFactory)
    given_by = factory.LazyAttribute(lambda record: record.patient.user)
    source = factory.LazyAttribute(lambda record: record.patient.public_id)
    version = factory.SelfAttribute("question.version")
    statement = factory.SelfAttribute("question.statement")
    given_at = factory.LazyFunction(clock.now)
