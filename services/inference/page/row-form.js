import { element } from "./element.js";

const range = /^(.*)\[(\d+)\.\.(\d+)\]$/;

/** Longer ranges are typed as one list. */
const mostFields = 24;

/** The columns one by one; a long range stays one column that holds a list. */
function fieldsOf(columns) {
  return columns.flatMap((column) => {
    const [, prefix, from, to] = range.exec(column.name) ?? [];
    if (prefix === undefined) return [column];
    const count = to - from + 1;
    if (count > mostFields) return [{ ...column, name: prefix, count }];
    return Array.from({ length: count }, (_, index) => ({ ...column, name: `${prefix}${Number(from) + index}` }));
  });
}

const middle = ({ type, min, max }) => {
  const value = min !== undefined && max !== undefined ? (min + max) / 2 : (min ?? Math.min(max ?? 0, 0));
  return type === "integer" ? Math.round(value) : Number(value.toPrecision(3));
};

/** A value to begin with, that fits. */
function firstValue(column) {
  if (column.default !== undefined) return column.default;
  switch (column.type) {
    case "category":
      return column.values[0];
    case "boolean":
      return "false";
    case "date":
      return new Date().toISOString().slice(0, 10);
    default:
      return String(middle(column));
  }
}

const hint = (column) =>
  [
    column.min !== undefined || column.max !== undefined ? `${column.min ?? "…"} to ${column.max ?? "…"}` : "",
    column.unit ?? "",
    column.count ? `${column.count} values, with commas` : "",
    column.optional ? "may be empty" : "",
    column.default === undefined ? "" : `${column.default} where empty`,
  ]
    .filter((part) => part !== "")
    .join(" · ");

function choice(column, values) {
  const select = element("select");
  if (column.optional) select.append(element("option", { value: "", textContent: "(missing)" }));
  for (const value of values) select.append(element("option", { value, textContent: value }));
  return select;
}

function inputOf(column) {
  if (column.count) return element("textarea", { value: new Array(column.count).fill(firstValue(column)).join(", ") });
  if (column.type === "category") return choice(column, column.values);
  if (column.type === "boolean") return choice(column, ["false", "true"]);
  if (column.type === "date")
    return element("input", { type: "text", inputMode: "numeric", placeholder: "2024-03-31" });
  const step = column.type === "integer" ? "1" : "any";
  const bounds = {
    ...(column.min === undefined ? {} : { min: column.min }),
    ...(column.max === undefined ? {} : { max: column.max }),
  };
  return element("input", { type: "number", step, ...bounds });
}

const typed = (column, text) => {
  if (text === "") return null;
  if (column.type === "boolean") return text === "true";
  // What is no number is sent as it is: the model says what is wrong with it.
  if (column.type === "number" || column.type === "integer") return Number.isNaN(Number(text)) ? text : Number(text);
  return text;
};

/** A form with a field for each column. */
export function rowForm(columns) {
  const fields = fieldsOf(columns).map((column, index) => {
    const input = inputOf(column);
    input.id = `field-${index}`;
    input.name = column.name;
    if (!column.count) input.value = column.optional ? "" : firstValue(column);
    const label = element("label", { htmlFor: input.id, textContent: column.name });
    const field = element("div", { className: column.count ? "field wide" : "field" }, label, input);
    const words = hint(column);
    if (words !== "") {
      field.append(element("small", { id: `hint-${index}`, textContent: words }));
      input.setAttribute("aria-describedby", `hint-${index}`);
    }
    return { column, input, field };
  });
  const valueIn = ({ column, input }) =>
    column.count ? input.value.split(",").map((part) => typed(column, part.trim())) : typed(column, input.value);
  const button = element("button", { type: "submit", textContent: "Predict" });
  return {
    elements: [...fields.map(({ field }) => field), element("div", { className: "wide buttons" }, button)],
    request: () => ({ rows: [Object.fromEntries(fields.map((field) => [field.column.name, valueIn(field)]))] }),
  };
}
