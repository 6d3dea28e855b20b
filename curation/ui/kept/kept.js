/* Keeps in cookies of this app, for a year, which browser this is and who reviews in it. Nothing leaves the computer. */
const YEAR = 31536000;

function keep(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR}; SameSite=Strict`;
}

export default function ({ data }) {
  keep("curation-browser", data.browser);
  if (data.name) {
    keep("curation-reviewer", data.name);
  }
}
