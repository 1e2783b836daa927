def test_alice_opens_her_record(api, alices_record):
    response = api("alice").get(f"/api/health-records/{alices_record.pk}/")

    assert response.status_code == 200
    assert response.json()["title"] == alices_record.title
