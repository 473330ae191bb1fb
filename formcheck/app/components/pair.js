// Two videos that keep step: A plays, B follows so that matched contacts and lift-offs fall together.
// data: {a, b, label_a, label_b, knots: [[tA, tB], ...], start_s, end_s, words}
function follow(knots, t) {
  if (knots.length < 2) return t;
  let i = 0;
  while (i < knots.length - 2 && t > knots[i + 1][0]) i += 1;
  const [a0, b0] = knots[i];
  const [a1, b1] = knots[i + 1];
  return b0 + ((t - a0) * (b1 - b0)) / (a1 - a0);
}

function slope(knots, t) {
  return (follow(knots, t + 0.05) - follow(knots, t - 0.05)) / 0.1;
}

export default function (component) {
  const { data, parentElement } = component;
  const a = parentElement.querySelector("video.a");
  const b = parentElement.querySelector("video.b");
  const play = parentElement.querySelector("button.play");
  const speed = parentElement.querySelector("button.speed");
  const slide = parentElement.querySelector("input");
  const where = parentElement.querySelector(".where");
  const kept = (parentElement.__formcheck ||= { raf: 0, rate: 1, src: "" });
  parentElement.querySelector("figcaption.a").textContent = data.label_a;
  parentElement.querySelector("figcaption.b").textContent = data.label_b;
  a.setAttribute("aria-label", data.label_a);
  b.setAttribute("aria-label", data.label_b);
  slide.setAttribute("aria-label", data.words.place);
  if (kept.src !== data.a + data.b) {
    kept.src = data.a + data.b;
    a.src = data.a;
    b.src = data.b;
  }
  const first = data.start_s;
  const last = data.end_s;
  const stepAt = (t) => data.knots.filter(([ta], i) => i % 2 === 0 && ta <= t + 1e-6).length;

  function paint() {
    const t = a.currentTime;
    slide.value = String(Math.round((1000 * (t - first)) / Math.max(last - first, 1e-6)));
    where.textContent = `${data.words.step} ${Math.max(stepAt(t), 1)}`;
  }
  function go(t) {
    kept.at = t;
    a.currentTime = t;
    b.currentTime = Math.max(0, follow(data.knots, t));
    paint();
  }
  function tick() {
    const t = a.currentTime;
    const want = follow(data.knots, t);
    const rate = Math.max(0.2, Math.min(4, kept.rate * slope(data.knots, t)));
    if (Math.abs(b.playbackRate - rate) > 0.02) b.playbackRate = rate;
    if (Math.abs(b.currentTime - want) > 0.12) b.currentTime = Math.max(0, want);
    paint();
    if (t >= last) return pause();
    kept.raf = requestAnimationFrame(tick);
    return undefined;
  }
  function pause() {
    cancelAnimationFrame(kept.raf);
    a.pause();
    b.pause();
    play.textContent = data.words.play;
    b.currentTime = Math.max(0, follow(data.knots, a.currentTime));
  }
  play.textContent = a.paused ? data.words.play : data.words.pause;
  play.onclick = async () => {
    if (!a.paused) return pause();
    if (a.currentTime >= last - 0.05) go(first);
    a.playbackRate = kept.rate;
    play.textContent = data.words.pause;
    await Promise.all([a.play(), b.play()]);
    tick();
    return undefined;
  };
  const tellSpeed = () => {
    speed.textContent = `${kept.rate}×`;
    speed.setAttribute("aria-label", `${data.words.speed}: ${speed.textContent}`);
  };
  tellSpeed();
  speed.onclick = () => {
    const rates = [1, 0.5, 0.25];
    kept.rate = rates[(rates.indexOf(kept.rate) + 1) % rates.length];
    a.playbackRate = kept.rate;
    tellSpeed();
  };
  slide.oninput = () => {
    pause();
    go(first + ((last - first) * Number(slide.value)) / 1000);
  };
  const begin = () => go(Math.max(first, Math.min(kept.at ?? first, last)));
  if (a.readyState >= 1) begin();
  else a.addEventListener("loadedmetadata", begin, { once: true });
  b.addEventListener("loadedmetadata", begin, { once: true });
  return () => cancelAnimationFrame(kept.raf);
}
