// The page of a running duel fetches itself anew until there is a verdict. Without scripts, one reloads it oneself.
const PAUSE = 3000;

const said = document.getElementById("said"); // stays where it is: what is replaced no screen reader reads

async function look() {
  if (document.hidden) return true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return true;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("duel");
    if (!fresh) return true;
    const shown = document.getElementById("duel");
    if (fresh.innerHTML !== shown.innerHTML) replace(shown, document.adoptNode(fresh));
    return "running" in fresh.dataset;
  } catch {
    return true;
  }
}

function replace(shown, fresh) {
  const before = lines(shown);
  const focused = shown.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  shown.replaceWith(fresh);
  if (focused) fresh.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  const news = lines(fresh).filter((line) => !before.includes(line));
  if (news.length) said.textContent = news.join(" ");
}

// What there is to be said: of each player while the duel runs, then the verdict.
function lines(duel) {
  const text = (within, selector) => within.querySelector(selector)?.textContent.trim() ?? "";
  if (!("running" in duel.dataset)) return [`${text(duel, ".title")}.`, text(duel, ".lead")];
  return [...duel.querySelectorAll(".part")].map((part) => `${text(part, "h2")}: ${text(part, ".state")}.`);
}

for (let running = true; running; running = await look()) {
  await new Promise((resume) => setTimeout(resume, PAUSE));
}
