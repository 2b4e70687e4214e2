"""Imported first by what needs the rooms but no server: Django is set up on import."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
django.setup()

DATA_FROM = "the folder beside the checkout"
