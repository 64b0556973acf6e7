// What Telegram hands a Mini App stands in the address's fragment, which no browser sends anywhere. We read it
// ourselves: Telegram's own script would be a stranger on our page.
const given = new URLSearchParams(location.hash.slice(1));

// Of Telegram's colours those that make the page one with its window. Buttons keep ours: theirs are often too pale to read.
const COLOURS = {
  bg_color: ["--ground", "--ground-far"],
  section_bg_color: ["--card"],
  text_color: ["--text", "--pale"],
  link_color: ["--violet"],
};

function theme() {
  try {
    return JSON.parse(given.get("tgWebAppThemeParams")) ?? {};
  } catch {
    return {};
  }
}

function wear(colours) {
  const found = Object.entries(COLOURS).filter(([name]) => /^#[0-9a-f]{6}$/i.test(colours[name]));
  if (found.length < Object.keys(COLOURS).length) return; // half a theme may be one that nobody can read
  const style = document.documentElement.style;
  for (const [name, ours] of found) ours.forEach((variable) => style.setProperty(variable, colours[name]));
  document.documentElement.dataset.scheme = brightness(colours.bg_color) < 128 ? "dark" : "light";
}

function brightness(colour) {
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
  return 0.3 * red + 0.59 * green + 0.11 * blue;
}

function tell(event) {
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(event, "{}");
  else if (parent !== window) parent.postMessage(JSON.stringify({ eventType: event }), "https://web.telegram.org");
}

wear(theme());
tell("web_app_ready");
tell("web_app_expand");

// The fragment goes on to the next page: its colours, and the proof, should the page be loaded anew.
for (const form of document.forms) form.setAttribute("action", form.getAttribute("action") + location.hash);
for (const button of document.querySelectorAll("[formaction]")) button.formAction = button.formAction + location.hash;

const enter = document.querySelector("#enter");
const proof = given.get("tgWebAppData");
if (enter && proof) {
  document.querySelector("#outside").hidden = true;
  enter.elements.data.value = proof;
  enter.submit();
}
