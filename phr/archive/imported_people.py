"""Who an archive names, and who of them is here already."""

from allauth.account.models import EmailAddress
from django.db.models import Q

from phr.accounts.models import User, UserType
from phr.archive.formats import newest
from phr.archive.model_builders import doctor_of, person_of
from phr.archive.reader import ArchiveRefused
from phr.care.models import DoctorProfile, PatientProfile
from phr.care.registration import save_doctor
from phr.core.mail_addresses import comparable


def check_is_new(account: newest.Account) -> None:
    """:raises ArchiveRefused: the account, or one that would look the same, is here."""
    user, addresses = account.user, account.email_addresses
    same = Q(pk=user.id) | Q(username__iexact=user.username)
    if User.objects.filter(same).exists():
        raise ArchiveRefused("An account with this id or username already exists here.")
    if PatientProfile.objects.filter(pk=account.patient.id).exists():
        raise ArchiveRefused("A patient with this id already exists here.")
    verified = EmailAddress.objects.filter(verified=True)
    for address in addresses:
        here = verified.filter(email__iexact=comparable(address.email))
        if address.verified and here.exists():
            raise ArchiveRefused(
                "Another account has already verified this e-mail address."
            )


class People:
    """Everybody named in an archive, by the ids that other parts use.

    :raises ArchiveRefused: somebody is named twice, or is not what others say.
    """

    def __init__(self, account: newest.Account, care: newest.Care) -> None:
        self.owner, self.patient = account.user.id, account.patient.id
        self.people = {person.id: person for person in care.people}
        self.doctors = {doctor.id: doctor for doctor in care.doctors}
        self.known = {self.owner, *self.people}
        self.check(care)

    def check(self, care: newest.Care) -> None:
        of_doctors = [doctor.user for doctor in care.doctors]
        kinds = {key: person.user_type for key, person in self.people.items()}
        are_unique = (
            len(self.people) == len(care.people)
            and len(self.doctors) == len(care.doctors)
            and self.owner not in self.people
        )
        doctors = sorted(key for key in kinds if kinds[key] == UserType.DOCTOR)
        if not are_unique or sorted(of_doctors) != doctors:
            raise ArchiveRefused(
                "care.json names somebody twice, or with different details."
            )

    def must_know(self, where: str, *people: str | None) -> None:
        """:raises ArchiveRefused: one of them is not among the people."""
        if not set(people) <= {None, *self.known}:
            raise ArchiveRefused(f"{where} names somebody who is not in care.json.")

    def must_be_doctor(self, where: str, doctor: str) -> None:
        """:raises ArchiveRefused: it is none of the doctors."""
        if doctor not in self.doctors:
            raise ArchiveRefused(f"{where} names a doctor who is not in care.json.")

    def must_be_owner(self, where: str, patient: str) -> None:
        """:raises ArchiveRefused: it is about somebody else."""
        if patient != self.patient:
            raise ArchiveRefused(f"{where} contains data of another patient.")

    def make(self) -> int:
        """Check the people who exist here, and create the others.

        :returns: how many are new.
        :raises ArchiveRefused: somebody with such an id is of another kind here.
        """
        here = {str(user.pk): user for user in User.objects.filter(pk__in=self.people)}
        for key, user in here.items():
            if user.user_type != self.people[key].user_type:
                raise ArchiveRefused(
                    "A person in care.json has a different account type here."
                )
        for key in self.people.keys() - here.keys():
            person_of(self.people[key]).save(force_insert=True)
        self.make_doctors()
        return len(self.people) - len(here)

    def make_doctors(self) -> None:
        found = DoctorProfile.objects.filter(
            Q(pk__in=self.doctors) | Q(user__in=self.people)
        )
        here = {str(doctor.pk): str(doctor.user_id) for doctor in found}
        for key, user in here.items():
            if key not in self.doctors or self.doctors[key].user != user:
                raise ArchiveRefused(
                    "A doctor in care.json has different details here."
                )
        for key in self.doctors.keys() - here.keys():
            save_doctor(doctor_of(self.doctors[key]))
