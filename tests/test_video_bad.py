"""What is no video, or only a part of one: one clear line, never a crash, never a word from libav."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from formcheck.errors import UnreadableVideoError
from formcheck.io.video import probe, read_frames
from tests.video_maker import make_clip


def _nothing(folder: Path) -> Path:
    return folder / "gone.mp4"


def _folder(folder: Path) -> Path:
    return folder


def _empty(folder: Path) -> Path:
    (folder / "empty.mp4").touch()
    return folder / "empty.mp4"


def _text(folder: Path) -> Path:
    (folder / "notes.txt").write_text("three sets of ten\n" * 50)
    return folder / "notes.txt"


def _text_named_video(folder: Path) -> Path:
    return _text(folder).rename(folder / "notes.mp4")


def _noise(folder: Path) -> Path:
    (folder / "noise.mp4").write_bytes(np.random.default_rng(0).bytes(20_000))
    return folder / "noise.mp4"


def _photo(folder: Path) -> Path:
    with av.open(str(folder / "photo.jpg"), "w", format="image2") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return folder / "photo.jpg"


def _sound(folder: Path) -> Path:
    return make_clip(folder / "sound.mp4", sound=True, picture=False)


def _without_index(folder: Path) -> Path:
    whole = make_clip(folder / "whole.mp4", frames=60).read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    return folder / "cut.mp4"


def _playlist(folder: Path) -> Path:
    lines = [
        "#EXTM3U",
        "#EXT-X-TARGETDURATION:10",
        "#EXTINF:10,",
        "http://127.0.0.1:9/a.ts",
        "#EXT-X-ENDLIST",
    ]
    (folder / "list.m3u8").write_text("\n".join(lines))
    return folder / "list.m3u8"


CASES = [
    (_nothing, "no such file"),
    (_folder, "is a folder"),
    (_empty, "is empty"),
    (_text, "is not a video"),
    (_text_named_video, "is not a video"),
    (_noise, "is not a video"),
    (_photo, "is not a video"),
    (_sound, "sound but no picture"),
    (_without_index, "cut off or damaged"),
    (_playlist, "is not a video"),
]


@pytest.mark.parametrize(("make", "says"), CASES)
@pytest.mark.parametrize("use", [probe, lambda path: next(read_frames(path))])
def test_what_is_no_video_is_told_in_one_line_with_its_name(tmp_path, make, says, use):
    path = make(tmp_path)
    with pytest.raises(UnreadableVideoError, match=says) as error:
        use(path)
    assert "\n" not in str(error.value)
    assert path.name in str(error.value)


def _cut_tail(folder: Path, share: float) -> Path:
    whole = make_clip(folder / "whole.mp4", frames=300, gop=10, faststart=True, size=(320, 240)).read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: int(share * len(whole))])
    return folder / "cut.mp4"


def test_a_clip_with_its_tail_cut_off_is_used_as_far_as_it_goes_and_says_so(tmp_path):
    clip = _cut_tail(tmp_path, 0.7)
    info = probe(clip)
    frames = list(read_frames(clip))
    assert 50 < len(frames) < 290
    assert info.frames == pytest.approx(len(frames), abs=15)
    assert len(info.warnings) == 1 and "cut short" in info.warnings[0] and "of 300" in info.warnings[0]


def test_a_whole_clip_has_no_warnings(tmp_path):
    assert probe(make_clip(tmp_path / "clip.mp4", frames=60)).warnings == ()


def test_nothing_is_written_to_the_terminal_about_damaged_pictures(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", frames=120, gop=30, faststart=True, size=(320, 240))
    content = bytearray(clip.read_bytes())
    spots = np.random.default_rng(1).integers(len(content) // 2, len(content), 60)
    for spot in spots:
        content[spot] ^= 0xFF
    clip.write_bytes(bytes(content))
    code = "import sys; from formcheck.io.video import read_frames; print(sum(1 for _ in read_frames(sys.argv[1])))"
    done = subprocess.run([sys.executable, "-c", code, str(clip)], capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) <= 120
    assert done.stderr == ""


def test_times_increase_strictly_even_in_a_damaged_clip(tmp_path):
    clip = _cut_tail(tmp_path, 0.5)
    assert np.all(np.diff([f.time_s for f in read_frames(clip)]) > 0)
