import { drawing } from "./drawing.js";
import { element } from "./element.js";
import { examplesOf } from "./examples.js";
import { rowForm } from "./row-form.js";
import { tensorForm } from "./tensor-form.js";

const byId = (id) => document.getElementById(id);

function trouble(text) {
  byId("trouble").textContent = text;
  byId("trouble").hidden = text === "";
}

async function answerOf(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${response.status} ${text.slice(0, 200)}`);
  }
}

function showRelease({ name, versions, parameters }) {
  document.title = `${name} ${versions[0]}`;
  byId("model").textContent = name;
  const entries = Object.entries({ version: versions[0], release: parameters.release });
  byId("release").replaceChildren(
    ...entries.map(([term, value]) =>
      element("div", {}, element("dt", { textContent: term }), element("dd", { textContent: value })),
    ),
  );
}

const percent = (share) => (share === null ? "–" : `${(share * 100).toFixed(share > 0 && share < 0.001 ? 3 : 1)} %`);

function bars(probabilities) {
  const most = 24;
  const entries = Object.entries(probabilities);
  // In their own order while all can be seen, else the likeliest.
  const shown = entries.length <= most ? entries : entries.toSorted(([, a], [, b]) => b - a).slice(0, most);
  const list = element("dl", { className: "bars" });
  for (const [name, share] of shown)
    list.append(
      element("dt", { textContent: name }),
      element(
        "dd",
        {},
        element("progress", { max: 1, value: share ?? 0, ariaLabel: `${name}: ${percent(share)}` }),
        element("span", { className: "number", textContent: percent(share) }),
      ),
    );
  return list;
}

/** What a model said of one row. */
function said(prediction, { rows }) {
  if ("value" in prediction) {
    const unit = rows.label.unit === undefined ? "" : ` ${rows.label.unit}`;
    const value = prediction.value === null ? "no number" : Number(prediction.value.toPrecision(6));
    return [
      element("p", { className: "said" }, `${value}${unit} `, element("small", { textContent: rows.label.name })),
    ];
  }
  const label = element("p", { className: "said" }, `${prediction.label} `);
  label.append(element("small", { textContent: rows.label.name }));
  return prediction.probabilities ? [label, bars(prediction.probabilities)] : [label];
}

let latest = 0;

async function ask(model, request) {
  latest += 1;
  const mine = latest;
  const response = await fetch(`v2/models/${encodeURIComponent(model.name)}/infer`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
  });
  const body = await answerOf(response);
  // An answer that comes after that of a later question is of no interest any more.
  if (mine !== latest) return;
  const shown = !response.ok
    ? [element("p", { className: "wrong", textContent: body.error })]
    : body.predictions
      ? said(body.predictions[0], model)
      : [element("pre", { textContent: JSON.stringify(body.outputs, null, 2), tabIndex: 0 })];
  byId("prediction").replaceChildren(...shown);
}

function showExamples(model, request) {
  const examples = examplesOf(model, request, new URL(".", document.baseURI).href);
  const show = (chosen) => {
    byId("code").firstElementChild.textContent = examples[chosen];
    for (const button of byId("languages").children) button.ariaPressed = String(button.textContent === chosen);
  };
  const pressed = [...byId("languages").children].find((button) => button.ariaPressed === "true")?.textContent;
  byId("languages").replaceChildren(
    ...Object.keys(examples).map((name) =>
      element("button", { type: "button", textContent: name, onclick: () => show(name) }),
    ),
  );
  show(pressed ?? Object.keys(examples)[0]);
}

/** How this model is asked: by drawing, by a form of its columns, or by tensors. */
function formFor(model) {
  if (!model.rows) return tensorForm(model);
  return drawing(model.rows.columns) ?? rowForm(model.rows.columns);
}

async function start() {
  const response = await fetch("page/model.json");
  const model = await answerOf(response);
  if (!response.ok) throw new Error(model.error);
  showRelease(model);
  const form = formFor(model);
  const onAsk = () => {
    const request = form.request();
    showExamples(model, request);
    ask(model, request).catch((error) => trouble(error.message));
  };
  byId("form").replaceChildren(...form.elements);
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    trouble("");
    try {
      onAsk();
    } catch (error) {
      trouble(error.message);
    }
  });
  form.onAsk?.(onAsk);
  showExamples(model, form.request());
}

// What can be scrolled must be reached by keyboard.
byId("code").tabIndex = 0;
byId("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(byId("code").textContent);
  byId("copy").textContent = "Copied";
});

start().catch((error) => trouble(`The model cannot be asked: ${error.message}`));
