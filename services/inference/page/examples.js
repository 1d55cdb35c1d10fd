/** A text for a shell, in single quotes. */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Long lists of numbers are shortened where people read them. */
function json(value, indent) {
  const text = JSON.stringify(value, null, indent);
  return text.replace(/\[\s*(-?[\d.]+,\s*){12,}-?[\d.]+\s*\]/g, (list) => `[${list.slice(1, -1).replace(/\s+/g, "")}]`);
}

const pythonWords = { true: "True", false: "False", null: "None" };

/** JSON as Python writes it; texts stay as they are. */
const python = (value) =>
  json(value, 4).replace(/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g, (token) => pythonWords[token] ?? token);

/** How to ask this from elsewhere, by language. */
export function examplesOf({ name }, request, base) {
  const url = `${base}v2/models/${name}/infer`;
  const answer = request.rows ? "predictions" : "outputs";
  return {
    curl: `curl ${quoted(url)} \\\n  --header 'Content-Type: application/json' \\\n  --data ${quoted(json(request))}\n`,
    Python: `import requests

request = ${python(request)}
answer = requests.post(${JSON.stringify(url)}, json=request, timeout=30)
answer.raise_for_status()
print(answer.json()["${answer}"])
`,
    TypeScript: `const response = await fetch(${JSON.stringify(url)}, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(${json(request, 2).replaceAll("\n", "\n  ")}),
});
const answer = await response.json();
if (!response.ok) throw new Error(answer.error);
console.log(answer.${answer});
`,
  };
}
