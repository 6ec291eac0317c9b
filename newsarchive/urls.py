"""Where each face of the archive begins (interfaces.md, "Addresses")."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("events.api.urls")),
    path("", include("events.public.urls")),
]
handler404 = "events.public.errors.not_found"
handler500 = "events.public.errors.server_error"
