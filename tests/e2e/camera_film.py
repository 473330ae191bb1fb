"""A film for Chromium to play as its camera: the demo clip after a wait, every frame numbered at both edges.

The number is 12 black or white blocks, so that a page can read which frame it shows, mirrored or not.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from string import Template

import av
import cv2
import numpy as np

from formcheck.io.video import read_frames

SIZE = (960, 540)
FPS = 30
BITS = 12
BLOCK_PX, LEFT_PX, TOP_PX = 18, 24, 162  # the strip: width, and where the first block begins
WAIT_S, REST_S = 16.0, 8.0  # standing before and after: the page loads, frames and counts down meanwhile


def numbered(picture: np.ndarray, number: int) -> np.ndarray:
    """The picture with its number at both edges, the lowest bit on top."""
    out, scale = picture.copy(), picture.shape[0] / SIZE[1]
    top, block, left = (round(px * scale) for px in (TOP_PX, BLOCK_PX, LEFT_PX))
    for bit in range(BITS):
        rows = slice(top + bit * block, top + (bit + 1) * block)
        out[rows, :left] = out[rows, -left:] = 255 if number >> bit & 1 else 0
    return out


def make_film(clip: Path, target: Path, numbers: bool = True, size: tuple[int, int] = SIZE) -> Path:
    """Write the film as MJPEG, stretched to ``size``, its frames numbered or not; returns ``target``."""
    pictures = [cv2.resize(f.rgb, size, interpolation=cv2.INTER_AREA) for f in read_frames(clip)]
    order = [0] * int(WAIT_S * FPS) + list(range(len(pictures))) + [len(pictures) - 1] * int(REST_S * FPS)
    with av.open(str(target), "w", format="mjpeg") as out:
        stream = out.add_stream("mjpeg", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *size, "yuvj420p"
        stream.options = {"q:v": "3"}
        stream.codec_context.qmin = stream.codec_context.qmax = 3
        for number, index in enumerate(order):
            picture = numbered(pictures[index], number) if numbers else pictures[index]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            for packet in stream.encode(frame.reformat(format="yuvj420p")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    return target


#: Keeps the camera's own picture beside the one with the overlay. Whenever the camera has a new picture, before the
#: page has heard of it, notes which number that has and which number is on show.
WATCH_JS = Template("""
(() => {
  const BITS = $BITS, BLOCK = $BLOCK, TOP = $TOP, H = $HEIGHT;
  if (window.speechSynthesis) {
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    speechSynthesis.getVoices = () => [{ lang: "en-GB", localService: true }];
    speechSynthesis.speak = (u) => window.top.__said(u.text);
  }
  const media = navigator.mediaDevices;
  if (!media || !media.getUserMedia) return;
  const ask = media.getUserMedia.bind(media);
  const canvas = document.createElement("canvas");
  canvas.width = 4; canvas.height = BITS * BLOCK;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const read = (source, height) => {
    if (!height) return null;
    const k = height / H;
    pen.drawImage(source, 6 * k, TOP * k, 2 * k, BITS * BLOCK * k, 0, 0, 4, BITS * BLOCK);
    const px = pen.getImageData(0, 0, 4, BITS * BLOCK).data;
    let n = 0;
    for (let bit = 0; bit < BITS; bit++) if (px[((bit + 0.5) * BLOCK | 0) * 16] > 127) n |= 1 << bit;
    return n;
  };
  const overlay = () => {
    for (const host of document.querySelectorAll("*")) {
      const found = host.shadowRoot?.querySelector(".live canvas");
      if (found) return found;
    }
    return null;
  };
  media.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    const own = document.createElement("video");
    own.muted = true; own.srcObject = stream; own.play();
    window.__lags = [];
    const shown = overlay();
    const note = (now) => {
      own.requestVideoFrameCallback(note);
      window.__lags.push([now, read(own, own.videoHeight), read(shown, shown.height)]);
    };
    own.requestVideoFrameCallback(note);
    return stream;
  };
})();
""").substitute(BITS=BITS, BLOCK=BLOCK_PX, TOP=TOP_PX, HEIGHT=SIZE[1])
