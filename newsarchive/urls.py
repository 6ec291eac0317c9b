"""Where each face of the archive begins (interfaces.md, "Addresses")."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views
from django.urls import include, path

# The names are Django's own: its sign-in page offers the link where the first of them is there.
forgotten_password = [
    path("", views.PasswordResetView.as_view(), name="admin_password_reset"),
    path("sent/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("<uidb64>/<token>/", views.PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
    path("done/", views.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]
urlpatterns = [
    *([path("admin/password-reset/", include(forgotten_password))] if settings.SENDS_MAIL else []),
    path("admin/", admin.site.urls),
    path("api/", include("events.api.urls")),
    path("", include("events.public.urls")),
]
handler400 = "newsarchive.errors.bad_request"
handler404 = "newsarchive.errors.not_found"
handler500 = "newsarchive.errors.server_error"
