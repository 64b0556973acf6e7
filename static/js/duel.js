// The page of a running duel fetches itself anew until there is a verdict. Without scripts, one reloads it oneself.
const PAUSE = 3000;

async function look() {
  if (document.hidden) return true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return true;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("duel");
    const shown = document.getElementById("duel");
    if (!fresh) return true;
    if (fresh.innerHTML !== shown.innerHTML) shown.replaceWith(document.adoptNode(fresh));
    return "running" in fresh.dataset;
  } catch {
    return true;
  }
}

for (let running = true; running; running = await look()) {
  await new Promise((resume) => setTimeout(resume, PAUSE));
}
