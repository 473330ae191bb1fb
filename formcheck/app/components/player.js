// The annotated video with a strip of steps and faults and a plot under it; all of them seek the video.
// data: {src, poster, duration_s, seek: {t, n}, steps, faults, stop_s, laps, plot, look, words}
// plot: {time_s: [...], columns: {name: {label, unit, values}}, groups: [{label, names}]}
const NS = "http://www.w3.org/2000/svg";
const STRIP_H = 66;
const PLOT_H = 168;

function el(name, attributes, parent) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (parent) parent.appendChild(node);
  return node;
}

function clock(t) {
  const tenths = Math.round(t * 10);
  const seconds = String(Math.floor(tenths / 10) % 60).padStart(2, "0");
  return `${Math.floor(tenths / 600)}:${seconds}.${tenths % 10}`;
}

function shape(kind, x, y, r, fill, parent) {
  if (kind === "triangle")
    return el("polygon", { points: `${x},${y - r} ${x + r},${y + r * 0.8} ${x - r},${y + r * 0.8}`, fill }, parent);
  if (kind === "octagon") return el("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r, fill }, parent);
  return el("circle", { cx: x, cy: y, r, fill }, parent);
}

function button(node, label, act) {
  node.setAttribute("tabindex", "0");
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", label);
  const title = el("title", {}, node);
  title.textContent = label;
  node.addEventListener("click", (event) => {
    event.stopPropagation();
    act();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      act();
    }
  });
}

function strip(svg, data, seek) {
  svg.replaceChildren();
  const W = svg.clientWidth || 600;
  const H = STRIP_H;
  const x = (t) => (W * t) / data.duration_s;
  svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
  el("rect", { x: 0, y: 0, width: W, height: H, class: "ground" }, svg);
  for (const step of data.steps) {
    const y = step.side === "left" ? 42 : 53;
    const width = Math.max(3, x(Math.max(step.off_s ?? step.contact_s, step.contact_s)) - x(step.contact_s));
    const bar = el("rect", { x: x(step.contact_s), y, width, height: 9, fill: data.look[step.side], class: "step" }, svg);
    button(bar, step.label, () => seek(step.contact_s));
  }
  for (const fault of data.faults) {
    const y = fault.verdict === "major" ? 14 : 31;
    if (fault.onset_s !== null && fault.at_s > fault.onset_s)
      el("line", { x1: x(fault.onset_s), x2: x(fault.at_s), y1: y, y2: y, stroke: fault.fill, "stroke-width": 4 }, svg);
    const mark = el("g", { class: "fault" }, svg);
    el("circle", { cx: x(fault.at_s), cy: y, r: 14, fill: "transparent" }, mark);
    shape(fault.shape, x(fault.at_s), y, 7, fault.fill, mark);
    button(mark, fault.label, () => seek(fault.at_s));
  }
  if (data.stop_s !== null) {
    const mark = el("g", { class: "stop" }, svg);
    el("line", { x1: x(data.stop_s), x2: x(data.stop_s), y1: 0, y2: H, stroke: data.look.stop, "stroke-width": 3 }, mark);
    el("rect", { x: x(data.stop_s) - 6, y: 0, width: 12, height: 10, fill: data.look.stop }, mark);
    button(mark, data.words.stop, () => seek(data.stop_s));
  }
  const cursor = el("line", { x1: 0, x2: 0, y1: 0, y2: H, class: "cursor" }, svg);
  svg.onclick = (event) => seek((data.duration_s * (event.clientX - svg.getBoundingClientRect().left)) / svg.clientWidth);
  return (t) => {
    cursor.setAttribute("x1", x(t));
    cursor.setAttribute("x2", x(t));
  };
}

function range(columns) {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns)
    for (const value of column.values)
      if (value !== null) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
  if (!Number.isFinite(low)) return [0, 1];
  const room = Math.max((high - low) * 0.08, 1e-6);
  return [low - room, high + room];
}

function tickStep(span) {
  const raw = span / 4;
  const size = 10 ** Math.floor(Math.log10(raw));
  return size * [1, 2, 5, 10].find((n) => n * size >= raw);
}

function minus(number) {
  return String(number).replace("-", "\u2212");
}

function path(time, values, x, y) {
  let out = "";
  let pen = false;
  for (let i = 0; i < time.length; i += 1) {
    if (values[i] === null) {
      pen = false;
      continue;
    }
    out += `${pen ? "L" : "M"}${x(time[i]).toFixed(1)} ${y(values[i]).toFixed(1)}`;
    pen = true;
  }
  return out;
}

function plot(svg, readout, data, group, seek) {
  svg.replaceChildren();
  const W = svg.clientWidth || 600;
  const H = PLOT_H;
  const columns = group.names.map((name) => data.plot.columns[name]);
  const [low, high] = range(columns);
  const x = (t) => (W * t) / data.duration_s;
  const y = (v) => H - 14 - ((H - 28) * (v - low)) / (high - low);
  svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
  svg.setAttribute("aria-label", `${data.words.plot}: ${group.label}`);
  el("rect", { x: 0, y: 0, width: W, height: H, class: "ground" }, svg);
  for (const step of data.steps)
    if (step.off_s !== null && group.sides.includes(step.side))
      el(
        "rect",
        { x: x(step.contact_s), y: 0, width: Math.max(1, x(step.off_s) - x(step.contact_s)), height: H, fill: data.look[step.side], class: "stance" },
        svg,
      );
  for (const band of group.bands || []) {
    el("line", { x1: 0, x2: W, y1: y(band), y2: y(band), class: "band" }, svg);
  }
  if (low < 0 && high > 0) el("line", { x1: 0, x2: W, y1: y(0), y2: y(0), class: "zero" }, svg);
  for (const column of columns)
    el(
      "path",
      { d: path(data.plot.time_s, column.values, x, y), stroke: column.colour, "stroke-dasharray": column.dash, class: "curve" },
      svg,
    );
  for (const fault of data.faults)
    if (group.checks.includes(fault.check)) {
      const mark = el("g", { class: "fault" }, svg);
      el("line", { x1: x(fault.at_s), x2: x(fault.at_s), y1: 0, y2: H, stroke: fault.fill, "stroke-width": 3, "stroke-dasharray": "3 5" }, mark);
      shape(fault.shape, x(fault.at_s), 10, 7, fault.fill, mark);
      button(mark, fault.label, () => seek(fault.at_s));
    }
  const step = tickStep(high - low);
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) {
    const label = el("text", { x: 4, y: y(v) + 4, class: "tick" }, svg);
    label.textContent = minus(Number(v.toFixed(3))) + columns[0].tick;
    el("line", { x1: 0, x2: W, y1: y(v), y2: y(v), class: "grid" }, svg);
  }
  const cursor = el("line", { x1: 0, x2: 0, y1: 0, y2: H, class: "cursor" }, svg);
  svg.onclick = (event) => seek((data.duration_s * (event.clientX - svg.getBoundingClientRect().left)) / svg.clientWidth);
  return (t) => {
    cursor.setAttribute("x1", x(t));
    cursor.setAttribute("x2", x(t));
    const times = data.plot.time_s;
    let at = 0;
    let end = times.length - 1;
    while (at < end) {
      const middle = Math.ceil((at + end) / 2);
      if (times[middle] <= t + 1e-4) at = middle;
      else end = middle - 1;
    }
    const parts = columns.map((column) => {
      const value = column.values[at];
      return `${column.label} ${value === null || value === undefined ? data.words.no_reading : minus(value.toFixed(column.digits)) + column.unit}`;
    });
    readout.textContent = `${clock(t)} · ${parts.join(" · ")}`;
  };
}

export default function (component) {
  const { data, parentElement } = component;
  const video = parentElement.querySelector("video");
  const timeline = parentElement.querySelector("svg.strip");
  const graph = parentElement.querySelector("svg.plot");
  const readout = parentElement.querySelector(".readout");
  const select = parentElement.querySelector("select");
  const key = parentElement.querySelector(".legend");
  const kept = (parentElement.__formcheck ||= { n: null, src: null, group: 0, raf: 0 });

  if (kept.src !== data.src) {
    kept.src = data.src;
    video.src = data.src;
  }
  video.setAttribute("aria-label", data.words.video);
  const seek = (t) => {
    video.pause();
    const to = Math.max(0, Math.min(t, data.duration_s));
    video.currentTime = to;
    paint(to);
    if (video.readyState < 1) video.addEventListener("loadedmetadata", () => (video.currentTime = to), { once: true });
  };
  const movers = [];
  timeline.setAttribute("aria-label", data.words.strip);
  const groups = data.plot.groups;
  const hasPlot = groups.length > 0;
  parentElement.querySelector(".graph").hidden = !hasPlot;
  function choose(place) {
    kept.group = Math.min(place, groups.length - 1);
    movers[1] = plot(graph, readout, data, groups[kept.group], seek);
    legend(key, data, groups[kept.group]);
    movers[1](video.currentTime || 0);
  }
  function draw() {
    movers[0] = strip(timeline, data, seek);
    if (hasPlot) choose(Number(select.value));
    else legend(key, data, null);
    paint(video.currentTime || 0);
  }
  if (hasPlot) {
    select.replaceChildren(
      ...groups.map((group, i) => {
        const option = document.createElement("option");
        option.value = String(i);
        option.textContent = group.label;
        return option;
      }),
    );
    select.setAttribute("aria-label", data.words.choose_plot);
    if (data.seek && data.seek.group !== undefined && data.seek.group !== null && kept.n !== data.seek.n) kept.group = data.seek.group;
    select.value = String(Math.min(kept.group, groups.length - 1));
    select.onchange = () => choose(Number(select.value));
  }
  function paint(t) {
    for (const move of movers) if (move) move(t);
  }
  function tick() {
    paint(video.currentTime || 0);
    kept.raf = requestAnimationFrame(tick);
  }
  cancelAnimationFrame(kept.raf);
  if (!video.paused) tick();
  video.onplay = () => {
    cancelAnimationFrame(kept.raf);
    tick();
  };
  video.onpause = video.onended = () => cancelAnimationFrame(kept.raf);
  video.onseeked = video.onloadeddata = () => paint(video.currentTime);
  for (const [name, by] of [["back", -1], ["forward", 1]]) {
    const control = parentElement.querySelector(`button.${name}`);
    control.textContent = data.words[name];
    control.onclick = () => seek((video.currentTime || 0) + by * data.frame_s);
  }
  const speed = parentElement.querySelector("button.speed");
  const tellSpeed = () => {
    speed.textContent = `${video.playbackRate || 1}×`;
    speed.setAttribute("aria-label", `${data.words.speed}: ${speed.textContent}`);
  };
  tellSpeed();
  speed.onclick = () => {
    const rates = [1, 0.5, 0.25];
    video.playbackRate = rates[(rates.indexOf(video.playbackRate) + 1) % rates.length];
    tellSpeed();
  };
  if (kept.observer) kept.observer.disconnect();
  kept.observer = new ResizeObserver(draw);
  kept.observer.observe(timeline);
  draw();
  if (data.seek && data.seek.n !== kept.n) {
    kept.n = data.seek.n;
    seek(data.seek.t);
    if (data.seek.scroll) video.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }
  return () => {
    cancelAnimationFrame(kept.raf);
    if (kept.observer) kept.observer.disconnect();
  };
}
