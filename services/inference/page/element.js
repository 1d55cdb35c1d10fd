/** An element with its properties, and what is in it. Texts are text, whatever stands in them. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
