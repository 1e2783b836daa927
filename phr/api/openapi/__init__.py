"""The OpenAPI document: what the views and serializers do not say by themselves."""
