"""Where each face of the archive begins (interfaces.md, "Addresses")."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("events.api.urls")),
]
