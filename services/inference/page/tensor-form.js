import { element } from "./element.js";

const first = (datatype) => (datatype === "BYTES" ? "" : datatype === "BOOL" ? false : 0);

/** Zeros in the shape of a tensor, one of each open size. */
function zeros({ name, datatype, shape }) {
  const sizes = shape.map((size) => Math.max(size, 1));
  const count = sizes.reduce((product, size) => product * size, 1);
  return { name, datatype, shape: sizes, data: new Array(count).fill(first(datatype)) };
}

/** A request of tensors to change by hand, for a model that tells no columns. */
export function tensorForm({ inputs }) {
  const text = JSON.stringify({ inputs: inputs.map(zeros) });
  const area = element("textarea", { id: "request", value: text, spellcheck: false });
  const label = element("label", { htmlFor: "request", textContent: "Request" });
  const button = element("button", { type: "submit", textContent: "Predict" });
  return {
    elements: [
      element("div", { className: "field wide" }, label, area),
      element("div", { className: "wide buttons" }, button),
    ],
    request: () => JSON.parse(area.value),
  };
}
