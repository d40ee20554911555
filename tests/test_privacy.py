"""No prompt, answer or embedded text reaches the store, whatever the format, whatever the shape."""

from __future__ import annotations

from pathlib import Path

from llmcost.ingest import Options, ingest
from llmcost.store import Store
from tests.spoken import SECRET
from tests.test_ingest import record

# their calls stand in another fixture, too
SAME_CALLS = {"opencode-export.json", "opencode-rows.json"}


def test_what_was_said_is_nowhere_in_the_store(said: Path) -> None:
    with Store(said, read_only=True) as store:
        silent = store.rows("select path from files where file_id not in (select file_id from requests)")
        held = {
            table: store.rows(f"select t from {table} as t where contains(cast(t as varchar), '{SECRET}') limit 1")
            for (table,) in store.rows("select table_name from duckdb_tables() where not temporary")
        }

    assert {} == {table: rows for table, rows in held.items() if rows}
    assert SAME_CALLS >= {Path(path).name for (path,) in silent}


def test_what_was_said_is_nowhere_in_the_file_of_the_store(tmp_path: Path) -> None:
    log, db = tmp_path / "a.jsonl", tmp_path / "store.duckdb"
    asked = [{"role": "system", "content": f"{SECRET} system"}, {"role": "user", "content": f"{SECRET} user"}]
    answer = {"choices": [{"message": {"role": "assistant", "content": f"{SECRET} answer"}, "finish_reason": "stop"}]}
    log.write_bytes(b"".join(record(n, messages=asked, response=answer) for n in range(100)) + SECRET.encode() + b"\n")

    with Store(db) as store:
        ingest(store, [str(log)])
        assert (
            store.value("select count(*) from requests where prompt_hash is not null and output_hash is not null")
            == 100
        )

    assert SECRET.encode() not in db.read_bytes()


def test_equal_texts_have_equal_hashes_in_one_store_and_others_in_another(tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    asked = [{"role": "user", "content": "invented"}]
    log.write_bytes(
        record(1, messages=asked) + record(2, messages=asked) + record(3, messages=[{"role": "user", "content": "x"}])
    )
    hashes = []
    for _ in range(2):
        with Store() as store:
            ingest(store, [str(log)])
            hashes.append([h for (h,) in store.rows("select prompt_hash from requests order by request_id")])

    assert hashes[0][0] == hashes[0][1] != hashes[0][2]
    assert hashes[0][0] != hashes[1][0]


def test_without_text_there_is_no_hash_and_no_size(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    answer = {"choices": [{"message": {"content": "invented"}}]}
    log.write_bytes(record(1, messages=[{"role": "user", "content": "invented"}], response=answer))

    ingest(store, [str(log)], options=Options(hashes_text=False))

    columns = "prompt_hash, system_prompt_hash, input_chars, prefix_hashes, prefix_chars, output_hash, output_chars"
    assert store.rows(f"select {columns} from requests") == [(None,) * 7]
    assert store.value("select input_tokens from requests") == 100


def test_a_prefix_is_known_by_its_hash(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    system, first, second = (
        {"role": r, "content": c} for r, c in (("system", "four"), ("user", "five5"), ("user", "sixsix"))
    )
    log.write_bytes(
        record(1, messages=[system, first]) + record(2, messages=[system, first, second]) + record(3, messages=[first])
    )

    ingest(store, [str(log)])

    one, two, three = store.rows(
        """
        select prefix_hashes, prefix_chars, system_prompt_chars, system_prompt_hash is null
        from requests order by request_id
        """
    )
    assert one[0] == two[0][:2] and len(two[0]) == 3
    assert three[0][0] not in two[0]
    assert [one[1], two[1], three[1]] == [[4, 9], [4, 9, 15], [5]]
    assert [(4, False), (4, False), (None, True)] == [row[2:] for row in (one, two, three)]


def test_the_items_of_an_embedding_are_hashed_one_by_one(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(
        record(1, call_type="aembedding", messages=["one", "three"])
        + record(2, call_type="aembedding", messages="three")
        + record(3, call_type="aembedding", messages=[[1, 2], [3]])
    )

    ingest(store, [str(log)])

    items = store.rows("select request_id, item_hash, item_chars from embedding_items order by request_id, item_chars")
    assert [(name, chars) for name, _, chars in items] == [
        ("call-1", 3), ("call-1", 5), ("call-2", 5), ("call-3", 3), ("call-3", 5)
    ]  # fmt: skip
    assert items[1][1] == items[2][1] != items[0][1]
    assert store.value("select count(*) from requests where prompt_hash is not null") == 0
