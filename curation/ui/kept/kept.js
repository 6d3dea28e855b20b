/* Keeps in cookies of this app, for a year, which browser this is, who reviews in it and whether its window is narrow,
   and says when the window becomes narrow or wide. Nothing leaves the computer. */
const YEAR = 31536000;

function keep(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR}; SameSite=Strict`;
}

const NARROW = window.matchMedia("(max-width: 700px)");

export default function ({ data, setStateValue }) {
  keep("curation-browser", data.browser);
  if (data.name) {
    keep("curation-reviewer", data.name);
  }
  const say = () => {
    keep("curation-narrow", NARROW.matches ? "yes" : "");
    if (NARROW.matches !== data.narrow) {
      setStateValue("narrow", NARROW.matches);
    }
  };
  say();
  NARROW.addEventListener("change", say);
  return () => NARROW.removeEventListener("change", say);
}
