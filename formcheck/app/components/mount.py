"""The components' mounting commands: plain data in, what the user did out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st

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
SPEAKER_HTML = '<div class="spoken" role="status" aria-live="assertive"></div>'


def _asset(name: str) -> str:
    return files("formcheck.app.components").joinpath(name).read_text(encoding="utf-8")


@cache
def _component(name: str, html: str) -> Callable[..., Any]:
    # Registered once a process: the texts are ours and fixed, data comes in at each mount.
    return st.components.v2.component(
        f"formcheck_{name}", html=html, css=_asset(f"{name}.css"), js=_asset(f"{name}.js")
    )


def uploader(data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The files just sent, each ``{id, name, bytes}``; empty until then."""
    result = _component("uploader", UPLOADER_HTML)(data=dict(data), key=key, on_files_change=lambda: None)
    return list(result.files or [])


def player(data: Mapping[str, Any], key: str) -> None:
    """The annotated video with its strip and plot."""
    _component("player", PLAYER_HTML)(data=dict(data), key=key)


def pair(data: Mapping[str, Any], key: str) -> None:
    """Two videos that keep step."""
    _component("pair", PAIR_HTML)(data=dict(data), key=key)


def speaker(data: Mapping[str, Any], key: str) -> None:
    """Says a live cue aloud with the browser's own voice, and shows it to screen readers."""
    _component("speaker", SPEAKER_HTML)(data=dict(data), key=key)
