/* A text whose changed words are marked. Painted by textContent alone, so that no text can become markup. */
export default function ({ data, parentElement }) {
  const spans = data.spans.map(([changed, text]) => {
    const span = document.createElement("span");
    span.textContent = text;
    if (changed) span.className = "mark";
    return span;
  });
  parentElement.querySelector(".text").replaceChildren(...spans);
}
