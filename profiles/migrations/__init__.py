"""Migrations of the profile store, run by the program itself when a store is opened."""
