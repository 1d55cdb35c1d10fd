import { element } from "./element.js";

const range = /^(.*)\[(\d+)\.\.(\d+)\]$/;

/** The one picture that a model takes: its name, how many points its side has, and the brightest of them. */
function pictureOf(columns) {
  const [column, ...others] = columns;
  const [, prefix, from, to] = range.exec(column.name) ?? [];
  const side = Math.sqrt(to - from + 1);
  if (others.length > 0 || !prefix || !Number.isInteger(side) || side < 8 || side > 64) return undefined;
  if (column.min !== 0 || !(column.max > 0)) return undefined;
  return { prefix, side, brightest: column.max, whole: column.type === "integer" };
}

/** How many points of the screen's drawing one point of the picture has. */
const scale = 10;

/** The bounds of what is drawn, undefined where nothing is. */
function boundsOf({ data, width, height }) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if (data[(y * width + x) * 4 + 3] > 0) {
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

const context = (side) => new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });

/** Where the weight of a picture lies. */
function centreOf(alphas, side) {
  let [sum, x, y] = [0, 0, 0];
  for (const [index, alpha] of alphas.entries()) {
    sum += alpha;
    x += alpha * (index % side);
    y += alpha * Math.floor(index / side);
  }
  return { x: x / sum, y: y / sum };
}

/** What is drawn, as pictures of digits are made: within five sevenths of the side, its weight in the middle. */
function pointsOf(canvas, { side, brightest, whole }) {
  const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const bounds = boundsOf(image);
  if (!bounds) return new Array(side * side).fill(0);
  const { left, top, width, height } = bounds;
  const factor = (side * 5) / 7 / Math.max(width, height);
  const [w, h] = [width * factor, height * factor];
  const draw = (x, y) => {
    const small = context(side);
    small.imageSmoothingQuality = "high";
    small.drawImage(canvas, left, top, width, height, x, y, w, h);
    const { data } = small.getImageData(0, 0, side, side);
    return Array.from({ length: side * side }, (_, index) => data[index * 4 + 3]);
  };
  const [x, y] = [(side - w) / 2, (side - h) / 2];
  const centre = centreOf(draw(x, y), side);
  const middle = (side - 1) / 2;
  return draw(x + middle - centre.x, y + middle - centre.y).map((alpha) => {
    const point = (alpha / 255) * brightest;
    return whole ? Math.round(point) : Number(point.toPrecision(4));
  });
}

/** A place to draw in, for a model that takes one picture; undefined for any other. */
export function drawing(columns) {
  const picture = pictureOf(columns);
  if (!picture) return undefined;
  const size = picture.side * scale;
  const canvas = element("canvas", { width: size, height: size, ariaLabel: "Draw here", role: "img" });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.strokeStyle = "#fff";
  pen.lineWidth = size / 13;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * size) / box.width, ((event.clientY - box.top) * size) / box.height];
  };
  const line = (event) => {
    pen.lineTo(...at(event));
    pen.stroke();
  };
  let asked = () => undefined;
  let drawingNow = false;
  canvas.addEventListener("pointerdown", (event) => {
    drawingNow = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
    line(event);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drawingNow) for (const one of event.getCoalescedEvents?.() ?? [event]) line(one);
  });
  const end = () => {
    if (drawingNow) asked();
    drawingNow = false;
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  const clear = element("button", {
    type: "button",
    textContent: "Clear",
    onclick: () => pen.clearRect(0, 0, size, size),
  });
  const predict = element("button", { type: "submit", textContent: "Predict" });
  return {
    elements: [
      element(
        "div",
        { className: "field wide" },
        canvas,
        element("small", { textContent: "Draw with pointer or finger." }),
      ),
      element("div", { className: "wide buttons" }, clear, predict),
    ],
    request: () => ({ rows: [{ [picture.prefix]: pointsOf(canvas, picture) }] }),
    onAsk: (listener) => {
      asked = listener;
    },
  };
}
