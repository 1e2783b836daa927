"""Early, clear refusals of a wrong role. Scopes and services decide for real."""

from typing import ClassVar

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from phr.accounts.models import User, UserType
from phr.accounts.rights import Right, has_right


class OnlyRoles(IsAuthenticated):
    """:cvar roles: who is let in."""

    roles: ClassVar[tuple[UserType, ...]]

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.user.user_type in self.roles


class OnlyDoctors(OnlyRoles):
    roles = (UserType.DOCTOR,)


class OnlyPatients(OnlyRoles):
    roles = (UserType.PATIENT,)


class OnlyStaff(OnlyRoles):
    roles = (UserType.ADMIN,)


class OnlyDoctorsAndPatients(OnlyRoles):
    roles = (UserType.DOCTOR, UserType.PATIENT)


class OnlyDoctorsAndStaff(OnlyRoles):
    roles = (UserType.DOCTOR, UserType.ADMIN)


class OnlyStaffWhoSeeLicenses(IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_right(request.user, Right.SEE_LICENSES)


class OnlyPatientsWrite(OnlyPatients):
    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return IsAuthenticated().has_permission(request, view)
        return super().has_permission(request, view)
