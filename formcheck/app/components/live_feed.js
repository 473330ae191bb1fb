// Sends the camera's newest picture to the server whenever fewer than MOST_ON_WAY are on their way, keeps it, and
// gives it back with the answer. A picture that comes while the server is busy is never sent: nothing queues.
const MOST_ON_WAY = 2;
const LONGEST_SIDE = 800; // far athletes are found as well as in larger pictures
const QUALITY = 0.8;
const LEAST_APART_MS = 25; // of a camera with 60 pictures a second every other one
const UNKNOWN_VISIT = 4404;

// A `video`'s next picture calls `next(captured_ms)`; browsers without requestVideoFrameCallback give the screen's pace.
function onPicture(video, next) {
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback((now, about) => next(about.captureTime ?? now));
  else requestAnimationFrame(next);
}

// `hear`: {answer(answer, picture, captured_ms), alone(picture), lost(), gone()}
class Feed {
  constructor(video, hear) {
    this.video = video;
    this.hear = hear;
    this.url = null;
    this.socket = null;
    this.on = true;
    this.number = 0;
    this.kept = new Map(); // number -> {picture, captured}
    this.spare = [];
    this.last = -Infinity;
    this.wait_ms = 250;
    const step = (captured) => {
      if (!this.on) return;
      onPicture(video, step);
      this.take(captured);
    };
    onPicture(video, step);
  }

  connect(url) {
    this.url = url;
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.onopen = () => (this.wait_ms = 250);
    socket.onmessage = (event) => this.answered(JSON.parse(event.data));
    socket.onclose = (event) => {
      if (!this.on) return;
      this.kept.clear();
      if (event.code === UNKNOWN_VISIT) {
        this.hear.gone();
        return;
      }
      this.hear.lost();
      setTimeout(() => this.on && this.connect(url), this.wait_ms);
      this.wait_ms = Math.min(4000, 2 * this.wait_ms);
    };
  }

  take(captured) {
    const open = this.socket?.readyState === WebSocket.OPEN;
    const soon = captured < this.last + LEAST_APART_MS;
    if (soon || (open && this.kept.size >= MOST_ON_WAY) || !this.video.videoWidth) return;
    this.last = captured;
    const picture = this.copy();
    if (!open) {
      this.hear.alone(picture);
      this.spare.push(picture);
      return;
    }
    const number = (this.number += 1);
    this.kept.set(number, { picture, captured });
    picture.toBlob((blob) => this.send(number, captured, blob), "image/jpeg", QUALITY);
  }

  copy() {
    const { videoWidth: wide, videoHeight: high } = this.video;
    const share = Math.min(1, LONGEST_SIDE / Math.max(wide, high));
    const picture = this.spare.pop() || document.createElement("canvas");
    const [width, height] = [Math.round(wide * share), Math.round(high * share)];
    if (picture.width !== width || picture.height !== height) [picture.width, picture.height] = [width, height];
    picture.getContext("2d", { alpha: false, willReadFrequently: true }).drawImage(this.video, 0, 0, width, height);
    return picture;
  }

  async send(number, captured, blob) {
    const jpeg = blob && new Uint8Array(await blob.arrayBuffer());
    if (!jpeg || this.socket?.readyState !== WebSocket.OPEN) {
      this.kept.delete(number);
      return;
    }
    const message = new Uint8Array(12 + jpeg.length);
    const head = new DataView(message.buffer);
    head.setUint32(0, number, true);
    head.setFloat64(4, (performance.timeOrigin + captured) / 1000, true); // goes on over a reload
    message.set(jpeg, 12);
    this.socket.send(message);
  }

  answered(answer) {
    const mine = this.kept.get(answer.id);
    for (const [number, { picture }] of this.kept) {
      if (number > answer.id) break;
      this.kept.delete(number);
      this.spare.push(picture);
    }
    if (mine && this.on) this.hear.answer(answer, mine.picture, mine.captured);
  }

  close() {
    this.on = false;
    this.socket?.close();
  }
}
