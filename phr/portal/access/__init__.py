"""Who can see a patient's records: letting in, changing, ending, answering."""
