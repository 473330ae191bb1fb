// What colours, shapes and lines mean: only those on show.
function legend(node, data, group) {
  const W = 26;
  const key = (words, draw) => {
    const item = document.createElement("span");
    const svg = el("svg", { viewBox: `0 0 ${W} 14`, class: "sign", "aria-hidden": "true" }, item);
    draw(svg);
    item.append(words);
    return item;
  };
  const sides = ["left", "right"].map((side) =>
    key(data.words[`legend_${side}`], (svg) => {
      el("rect", { x: 0, y: 0, width: W, height: 6, fill: data.look[side] }, svg);
      el("line", { x1: 0, x2: W, y1: 11, y2: 11, stroke: data.look[side], "stroke-width": 2.5, "stroke-dasharray": side === "right" ? "7 4" : "none" }, svg);
    }),
  );
  const found = new Map(data.faults.map((fault) => [fault.verdict, fault]));
  const faults = ["major", "minor"].filter((one) => found.has(one)).map((one) => key(found.get(one).word, (svg) => shape(found.get(one).shape, W / 2, 7, 6, found.get(one).fill, svg)));
  const stop = data.stop_s === null ? [] : [key(data.words.stop, (svg) => el("line", { x1: W / 2, x2: W / 2, y1: 0, y2: 14, stroke: data.look.stop, "stroke-width": 3 }, svg))];
  const [low, high] = group ? range(group.names.map((name) => data.plot.columns[name])) : [0, 0];
  const seen = (group?.bands || []).some((at) => at > low && at < high);
  const band = !seen ? [] : [key(data.words.legend_band, (svg) => el("line", { x1: 0, x2: W, y1: 7, y2: 7, class: "band" }, svg))];
  node.replaceChildren(...sides, ...faults, ...stop, ...band);
}
