/* Keeps in cookies of this app, for a year, which browser this is, who reviews in it and whether its window is narrow,
   says when the window becomes narrow or wide and when the page is to be drawn anew, and says aloud how a job ended.
   Nothing leaves the computer. */
const YEAR = 31536000;

function keep(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR}; SameSite=Strict`;
}

const NARROW = window.matchMedia("(max-width: 700px)");

/* A place that a screen reader listens to: there before anything is said in it, and seen by nobody. */
function place(parent) {
  let made = parent.querySelector("[role=status]");
  if (!made) {
    made = document.createElement("div");
    made.setAttribute("role", "status");
    made.style.cssText = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)";
    parent.append(made);
  }
  return made;
}

export default function ({ data, parentElement, setStateValue }) {
  keep("curation-browser", data.browser);
  if (data.name) {
    keep("curation-reviewer", data.name);
  }
  const status = place(parentElement);
  if (status.textContent !== data.spoken) {
    status.textContent = data.spoken;
  }
  const say = () => {
    keep("curation-narrow", NARROW.matches ? "yes" : "");
    if (NARROW.matches !== data.narrow) {
      setStateValue("narrow", NARROW.matches);
    }
  };
  say();
  // The review card asks for the whole page where a server that began anew knows no part of it.
  const again = () => setStateValue("again", Date.now());
  NARROW.addEventListener("change", say);
  document.addEventListener("curation-draw-page", again);
  return () => {
    NARROW.removeEventListener("change", say);
    document.removeEventListener("curation-draw-page", again);
  };
}
