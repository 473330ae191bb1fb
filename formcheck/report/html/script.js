"use strict";
// Hover read-outs on the plots; a click on a time moves the annotated video, where it lies beside the page.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const video = document.querySelector("video");
  const clock = (t) => `${Math.floor(t / 60)}:${(t % 60).toFixed(1).padStart(4, "0")}`;
  const seek = (t) => {
    if (!document.body.classList.contains("has-video")) return;
    video.currentTime = Math.max(0, t - data.start_s);
    video.pause();
    video.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  if (video) {
    video.addEventListener("loadedmetadata", () => {
      document.body.classList.add("has-video");
      document.body.classList.toggle("wide", video.videoWidth > video.videoHeight);
    });
    video.src = video.dataset.src;
  }
  document.querySelectorAll("button.at").forEach((button) => {
    button.addEventListener("click", (event) => { event.preventDefault(); seek(Number(button.dataset.at)); });
  });

  const nearest = (t) => {
    let low = 0, high = data.time_s.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (data.time_s[middle] < t) low = middle; else high = middle;
    }
    return t - data.time_s[low] < data.time_s[high] - t ? low : high;
  };
  const first = data.time_s[0], last = data.time_s[data.time_s.length - 1];
  document.querySelectorAll(".plot").forEach((plot) => {
    const area = plot.querySelector(".area"), cursor = plot.querySelector(".cursor");
    const readout = plot.querySelector(".readout"), own = data.plots[plot.dataset.name];
    const at = (event) => {
      const box = area.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      return first + share * (last - first);
    };
    area.addEventListener("pointermove", (event) => {
      const t = at(event), i = nearest(t);
      cursor.style.display = "block";
      cursor.style.left = `${100 * (t - first) / (last - first)}%`;
      const values = own.lines.map((line) => {
        const value = line.values[i];
        return `${line.side ? line.side + " " : ""}${value === null ? data.not_seen : value.toFixed(own.digits) + own.unit}`;
      });
      readout.textContent = `${clock(data.time_s[i])}  ${values.join("  ·  ")}`;
    });
    area.addEventListener("pointerleave", () => { cursor.style.display = "none"; readout.textContent = ""; });
    area.addEventListener("click", (event) => seek(at(event)));
  });
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
})();
