// The live page's camera: the picture with what the server saw in it, the numbers, the cue; start, stop, which camera.
// data: {visit, picture, mirror, speak, busy, gap_s, words}; visit is "" until a set has begun.
// Triggers: start (a camera is open; the page makes a visit), end (the visit is over), resume (a reload in the middle
// of a visit, which this tab has kept; the page says by `visit` whether it goes on).
const sets = new WeakMap();
const SILENT_MS = 1000; // with no answer for this long the numbers go
const CAMERA_KEY = "formcheck:camera";

function show(node, words) {
  if (node.textContent !== words) node.textContent = words;
  node.hidden = !words;
}

function tell(ui, answer, words) {
  const dash = "–";
  const { steps, cadence_spm: cadence, evenness_pct: evenness } = answer;
  ui("steps").textContent = steps ?? dash;
  ui("direction").textContent = words[answer.direction] ?? dash;
  ui("cadence").textContent = cadence == null ? dash : words.per_minute.replace("{n}", Math.round(cadence));
  ui("evenness").textContent = evenness == null ? dash : `± ${Math.round(evenness)} %`;
  show(ui("big"), answer.big || "");
  show(ui("small"), answer.small || "");
  show(ui("countdown"), answer.countdown ? String(answer.countdown) : "");
  show(ui("hint"), answer.loading ? words.loading : answer.hint || "");
  show(ui("stopmark"), answer.stop?.mark || "");
  show(ui("reasons"), answer.stop ? `${words.stop_set} ${answer.stop.reasons}` : "");
  const { cue } = answer;
  ui("cue").hidden = !cue;
  if (!cue) return;
  show(ui("cuetext"), cue.text);
  show(ui("cuesign"), cue.sign);
  ui("cuesign").style.background = cue.colour;
}

class CameraSet {
  constructor(root) {
    this.root = root;
    this.video = root.querySelector("video");
    this.canvas = root.querySelector("canvas");
    this.nodes = {};
    this.tab = new VisitLock();
    this.voice = { at: -Infinity };
    this.cue = "";
    this.delay = "";
    this.ui = (name) => (this.nodes[name] ??= root.querySelector(`.${name}`));
    this.ui("toggle").onclick = () => (this.stream ? this.stop() : this.start());
    this.ui("cameras").onchange = () => this.change(this.ui("cameras").value);
    window.speechSynthesis?.getVoices(); // some browsers have them only a while after they were first asked for
    this.list();
  }

  // New words and wishes from the page.
  update(data, trigger) {
    this.data = data;
    this.trigger = trigger;
    if (!data.speak) window.speechSynthesis?.cancel();
    this.find(this.going());
    if (this.going() && this.stream && this.visit !== data.visit) this.begin(data.visit);
    this.label();
  }

  // The page's visit; "" for one that has ended, of which the page may not have heard yet.
  going() {
    return this.data.visit === this.ended ? "" : this.data.visit;
  }

  // A visit without a camera: after a reload it goes on, and one left behind for another page is over.
  find(visit) {
    if (this.stream || this.opening) return;
    const kept = keptVisit();
    if (visit && visit === this.asked) {
      if (!this.again) this.start();
      this.again = true;
    } else if (visit) {
      this.end(visit);
    } else if (kept && !this.asked) this.resume(kept);
  }

  async resume(visit) {
    this.asked = visit;
    keepVisit(""); // asked for once; start() keeps it again
    if (await this.tab.take(visit)) this.trigger("resume", visit);
  }

  label() {
    const { words } = this.data;
    this.ui("toggle").textContent = this.stream ? words.stop : words.start;
    this.ui("toggle").disabled = Boolean(this.opening);
    show(this.ui("empty"), this.stream ? "" : this.opening && this.going() ? words.resuming : words.press);
    this.ui("camera").textContent = words.select_camera;
    for (const name of ["steps", "direction", "cadence", "evenness"]) this.ui(`${name}-name`).textContent = words[name];
    this.canvas.setAttribute("aria-label", words.picture);
    this.ui("evenness-name").title = words.evenness_help;
  }

  async open(id) {
    if (!navigator.mediaDevices?.getUserMedia) throw new Error("none");
    const ask = (video) => navigator.mediaDevices.getUserMedia({ video, audio: false });
    try {
      return await ask({ ...this.data.picture, ...(id ? { deviceId: { exact: id } } : {}) });
    } catch (error) {
      if (!id || error.name === "NotAllowedError") throw error;
      return ask(this.data.picture); // the camera of last time is not there
    }
  }

  async start() {
    const { words } = this.data;
    const visit = this.going();
    if (visit) keepVisit(visit);
    this.opening = true;
    this.label();
    show(this.ui("note"), words.device_ask_permission);
    try {
      await this.use(await this.open(localStorage.getItem(CAMERA_KEY)));
      if (!this.root.isConnected) throw new Error("left"); // the page, before the camera was there
      show(this.ui("note"), "");
      this.feed = new Feed(this.video, this);
      this.watch = setInterval(() => this.check(), SILENT_MS / 4);
      this.lock = await navigator.wakeLock?.request("screen").catch(() => null); // nobody touches the keys in a set
      if (visit) this.begin(visit);
      else this.trigger("start", true);
    } catch (error) {
      this.close();
      const key = { NotAllowedError: "device_access_denied", none: "media_api_not_available" };
      show(this.ui("note"), words[key[error.name] || key[error.message] || "device_not_available"]);
    }
    this.opening = false;
    this.label();
    this.list();
  }

  async use(stream) {
    for (const track of this.stream?.getTracks() || []) track.stop();
    this.stream = stream;
    const [track] = stream.getVideoTracks();
    track.onended = () => this.stop(); // unplugged: the set so far is reported
    this.video.srcObject = stream;
    await this.video.play();
  }

  async change(id) {
    localStorage.setItem(CAMERA_KEY, id);
    if (this.stream) await this.use(await this.open(id));
  }

  async list() {
    const found = (await navigator.mediaDevices?.enumerateDevices()) || [];
    const cameras = found.filter((one) => one.kind === "videoinput" && one.deviceId);
    const now = this.stream?.getVideoTracks()[0].getSettings().deviceId || localStorage.getItem(CAMERA_KEY);
    const options = cameras.map((one, i) => new Option(one.label || `${i + 1}`, one.deviceId, false, one.deviceId === now));
    this.ui("cameras").replaceChildren(...options);
    this.ui("pick").hidden = !cameras.length;
  }

  begin(visit) {
    this.visit = visit;
    keepVisit(visit);
    this.tab.take(visit);
    this.heard = performance.now();
    const { protocol, host } = window.location;
    this.feed.connect(`${protocol === "https:" ? "wss" : "ws"}://${host}/formcheck/live/${visit}`);
  }

  alone(picture) {
    drawShot(this.canvas, picture, null, this.data.mirror);
  }

  answer(answer, picture, captured) {
    this.heard = performance.now();
    if (answer.error) {
      this.fail(answer.error);
      return;
    }
    drawShot(this.canvas, picture, answer, this.data.mirror);
    tell(this.ui, answer, this.data.words);
    if (answer.cue && answer.cue.id !== this.cue) this.say(answer.cue, captured);
    const { words } = this.data;
    const pace = answer.fps
      ? words.pace.replace("{fps}", Math.round(answer.fps)).replace("{ms}", Math.round(answer.frame_ms))
      : "";
    show(this.ui("pace"), `${pace} ${this.delay}`.trim());
  }

  say(cue, captured) {
    this.cue = cue.id;
    this.ui("spoken").textContent = cue.spoken;
    if (this.data.speak) sayAloud(cue.spoken, { lang: cue.lang, gap_s: this.data.gap_s }, this.voice);
    requestAnimationFrame(() => {
      const ms = Math.round(cue.since_ms + performance.now() - captured); // until it is on the screen
      this.delay = this.data.words.cue_delay.replace("{ms}", ms);
    });
  }

  // Never a stale number: with no answer for a while there is none.
  check() {
    if (this.visit && performance.now() - this.heard > SILENT_MS) tell(this.ui, { hint: this.data.words.waiting }, this.data.words);
  }

  lost() {
    tell(this.ui, { hint: this.data.words.waiting }, this.data.words);
  }

  gone() {
    this.fail(this.data.words.gone);
  }

  fail(words) {
    this.stop();
    show(this.ui("note"), words);
  }

  stop() {
    this.close();
    tell(this.ui, {}, this.data.words);
    show(this.ui("pace"), "");
    this.label();
    if (this.visit) this.end(this.visit);
    this.visit = null;
  }

  end(visit) {
    this.ended = visit;
    keepVisit("");
    this.trigger("end", visit);
  }

  close() {
    clearInterval(this.watch);
    this.tab.letGo();
    this.feed?.close();
    for (const track of this.stream?.getTracks() || []) track.stop();
    this.stream = this.video.srcObject = null;
    this.canvas.getContext("2d", { alpha: false }).fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.lock?.release();
    window.speechSynthesis?.cancel();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let set = sets.get(parentElement);
  if (!set) sets.set(parentElement, (set = new CameraSet(parentElement.querySelector(".live"))));
  set.update(data, setTriggerValue);
  return () => {
    set.close();
    sets.delete(parentElement);
  };
}
