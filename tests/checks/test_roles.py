import json

from rule_cases.roles import rows

from curation.checks import run
from curation.records import dataset


def test_a_set_without_chats_is_not_checked(alone):
    data = dataset([{"input": "a", "output": "b", "meta": '{"messages": "none"}'}])
    assert "no row is a chat" in run(data, alone(data), ["roles"]).run("roles").reason


def test_the_evidence_names_faults_and_roles(alone):
    data = dataset(rows([{"role": "user", "content": "hi"}, {"role": "user", "content": "hello?"}]))
    (row,) = run(data, alone(data), ["roles"]).table.to_pylist()
    evidence = json.loads(row["evidence"])
    assert evidence["roles"] == ["user", "user"]
    assert evidence["faults"] == ["the assistant says nothing", "the same speaker has two turns in a row"]
