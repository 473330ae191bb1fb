// Draws what the server says of a picture over that picture, mirrored or not; words are never mirrored.
const OUTLINE = "#10141A";

function signPath(pen, shape, x, y, size) {
  const corners = shape === "triangle" ? 3 : shape === "octagon" ? 8 : 24;
  const turn = shape === "triangle" ? -Math.PI / 2 : Math.PI / 8;
  pen.beginPath();
  for (let i = 0; i < corners; i += 1) {
    const angle = turn + (2 * Math.PI * i) / corners;
    pen.lineTo(x + size * Math.cos(angle), y + size * Math.sin(angle));
  }
  pen.closePath();
}

function drawMark(pen, mark, place) {
  const [x, y] = place(mark.at);
  const half = 0.47 * mark.size;
  signPath(pen, mark.shape, x, y, half);
  pen.fillStyle = mark.colour;
  pen.fill();
  pen.strokeStyle = pen.fillStyle = OUTLINE;
  pen.lineWidth = Math.max(1, half / 7);
  pen.stroke();
  if (mark.shape !== "triangle" && mark.shape !== "octagon") return;
  pen.fillRect(x - half * 0.11, y - half * 0.5, half * 0.22, half * 0.7);
  pen.fillRect(x - half * 0.11, y + half * 0.34, half * 0.22, half * 0.22);
}

// The picture (a canvas of the same size as `canvas` will be) and, if there is an answer to it, the body on it.
function drawShot(canvas, picture, answer, mirror) {
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  const pen = canvas.getContext("2d", { alpha: false });
  const width = canvas.width;
  pen.setTransform(mirror ? -1 : 1, 0, 0, 1, mirror ? width : 0, 0);
  pen.drawImage(picture, 0, 0);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  if (!answer || !answer.strokes) return;
  const across = (x) => (mirror ? width - 1 - x : x);
  pen.lineCap = "round";
  for (const { width: thick, colour, lines } of answer.strokes) {
    pen.lineWidth = thick;
    pen.strokeStyle = colour;
    pen.beginPath();
    for (const [ax, ay, bx, by] of lines) {
      pen.moveTo(across(ax), ay);
      pen.lineTo(across(bx), by);
    }
    pen.stroke();
  }
  for (const { radius, colour, at } of answer.dots) {
    pen.fillStyle = colour;
    pen.beginPath();
    for (const [x, y] of at) {
      pen.moveTo(across(x) + radius, y);
      pen.arc(across(x), y, radius, 0, 2 * Math.PI);
    }
    pen.fill();
  }
  for (const mark of answer.marks) drawMark(pen, mark, ([x, y]) => [across(x), y]);
}
