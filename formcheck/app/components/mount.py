"""The components' mounting commands: plain data in, what the user did out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st

from formcheck.report.style import STOP_COLOUR

UPLOADER_HTML = """
<div class="zone">
  <div class="label"></div><div class="hint"></div>
  <div class="row"><button type="button" class="choose"></button>
  <button type="button" class="folder" hidden></button></div>
  <input type="file" tabindex="-1">
  <progress max="1" value="0" hidden></progress>
  <div class="status" role="status" aria-live="polite"></div>
  <button type="button" class="stop" hidden></button>
</div>
"""
PLAYER_HTML = """
<div class="player">
  <video controls playsinline preload="metadata"></video>
  <div class="row"><button type="button" class="back"></button><button type="button" class="forward"></button>
  <button type="button" class="speed"></button></div>
  <svg class="strip" role="group"></svg>
  <div class="graph"><select></select><svg class="plot" role="group"></svg>
  <div class="readout" role="status" aria-live="off"></div></div>
  <div class="legend"></div>
</div>
"""
PAIR_HTML = """
<div class="pair">
  <div class="videos">
  <figure><video class="a" playsinline muted preload="auto"></video><figcaption class="a"></figcaption></figure>
  <figure><video class="b" playsinline muted preload="auto"></video><figcaption class="b"></figcaption></figure>
  </div>
  <div class="row"><button type="button" class="play"></button><button type="button" class="speed"></button>
  <input type="range" min="0" max="1000" value="0"><span class="where" role="status"></span></div>
</div>
"""
LIVE_HTML = f"""
<div class="live" style="--stop: {STOP_COLOUR}">
  <div class="stage">
    <video muted playsinline aria-hidden="true"></video><canvas width="640" height="360" role="img"></canvas>
    <div class="empty"></div>
    <div class="counts"><div class="plate big" hidden></div><div class="plate small" hidden></div></div>
    <div class="plate stopmark" hidden></div>
    <div class="plate countdown" hidden></div>
    <div class="plate hint" role="status" hidden></div>
    <div class="plate cue" hidden><span class="cuesign"></span><span class="cuetext"></span></div>
  </div>
  <div class="row"><button type="button" class="toggle"></button>
  <label class="pick" hidden><span class="camera"></span><select class="cameras"></select></label></div>
  <div class="note" role="status" hidden></div>
  <div class="reasons" role="alert" hidden></div>
  <dl>
    <div><dt class="steps-name"></dt><dd class="steps">–</dd></div>
    <div><dt class="direction-name"></dt><dd class="direction">–</dd></div>
    <div><dt class="cadence-name"></dt><dd class="cadence">–</dd></div>
    <div><dt class="evenness-name"></dt><dd class="evenness">–</dd></div>
  </dl>
  <div class="pace"></div>
  <div class="spoken" role="status" aria-live="assertive"></div>
</div>
"""
#: The player's and the live component's scripts, in order; together they are one module each.
PLAYER_JS = ("player_legend.js", "player.js")
LIVE_JS = ("live_draw.js", "live_voice.js", "live_feed.js", "live_visit.js", "live.js")


def _asset(name: str) -> str:
    return files("formcheck.app.components").joinpath(name).read_text(encoding="utf-8")


@cache
def _component(name: str, html: str, scripts: tuple[str, ...] = ()) -> Callable[..., Any]:
    # Registered once a process: the texts are ours and fixed, data comes in at each mount.
    js = "\n".join(_asset(script) for script in scripts or (f"{name}.js",))
    return st.components.v2.component(f"formcheck_{name}", html=html, css=_asset(f"{name}.css"), js=js)


def _key(key: str) -> str:
    """A key that Streamlit takes: it refuses two underscores in a row, and one ticket in 200 has them."""
    return key.replace("_", ".")


def uploader(data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The files just sent, each ``{id, name, bytes}``; empty until then."""
    result = _component("uploader", UPLOADER_HTML)(data=dict(data), key=_key(key), on_files_change=lambda: None)
    return list(result.files or [])


def player(data: Mapping[str, Any], key: str) -> None:
    """The annotated video with its strip and plot."""
    _component("player", PLAYER_HTML, PLAYER_JS)(data=dict(data), key=_key(key))


def pair(data: Mapping[str, Any], key: str) -> None:
    """Two videos that keep step."""
    _component("pair", PAIR_HTML)(data=dict(data), key=_key(key))


def live_camera(
    data: Mapping[str, Any],
    key: str,
    on_start: Callable[[], None],
    on_end: Callable[[], None],
    on_resume: Callable[[], None],
) -> None:
    """The camera's picture with what is seen in it. ``on_start`` runs when a camera is open, ``on_end`` after a set
    and ``on_resume`` after a reload in the middle of one; both find the visit under their name in the key's state.
    """
    _component("live", LIVE_HTML, LIVE_JS)(
        data=dict(data), key=key, on_start_change=on_start, on_end_change=on_end, on_resume_change=on_resume
    )
