"""The phone's page in a real browser."""


def test_an_answer_outlives_the_server(lecture):
    poll = lecture()
    round = poll.ask(0)
    assert poll.answer("3").json() == {"kept": 1}
    poll.stop()
    poll.start()
    assert poll.kept() == {(round, "0123456789abcdef"): {"": "3"}}
    assert poll.news("0123456789abcdef")["answers"] == [{"round": round, "change": 1, "given": {"": "3"}}]
