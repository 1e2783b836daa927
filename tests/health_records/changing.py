"""Changing records and comments, and reading what is told of that."""

RECORDS = "/api/health-records/"


def url_of(record):
    return f"{RECORDS}{record.pk}/"


def change(client, record, **values):
    response = client.patch(url_of(record), values, format="json")
    assert response.status_code == 200, response.content


def read(client, record, **query):
    response = client.get(f"{url_of(record)}history/", query)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def comment_url(comment):
    return f"{RECORDS}{comment.health_record_id}/comments/{comment.pk}/"


def change_comment(client, said, **values):
    response = client.patch(comment_url(said), values, format="json")
    assert response.status_code == 200, response.content
