"""Early, clear refusals of a wrong role. Scopes and services decide for real."""

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from phr.accounts.models import User, UserType
from phr.accounts.rights import Right, has_right


class OnlyDoctors(IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return is_one_of(request, UserType.DOCTOR)


class OnlyPatients(IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return is_one_of(request, UserType.PATIENT)


class OnlyDoctorsAndPatients(IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return is_one_of(request, UserType.DOCTOR, UserType.PATIENT)


class OnlyStaff(IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return is_one_of(request, UserType.ADMIN)


class OnlyStaffWhoSeeLicenses(IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_right(request.user, Right.SEE_LICENSES)


class OnlyDoctorsAndStaff(IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return is_one_of(request, UserType.DOCTOR, UserType.ADMIN)


class OnlyPatientsWrite(IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return super().has_permission(request, view)
        return is_one_of(request, UserType.PATIENT)


def is_one_of(request: Request, *roles: UserType) -> bool:
    return isinstance(request.user, User) and request.user.user_type in roles
