// A duel's page: sends the pictures, asks how far the judge is, and lets the verdict in. The server draws every stage.
const QUICK = 400; // milliseconds; slower the longer it takes
const HANDOVER = 2500; // how long a player waits to hear whether the face was found, before the next one's turn
const lost = document.getElementById("lost");
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
let asking = false;

const stage = () => document.getElementById("stage");
const camera = () => document.querySelector("arena-camera");

document.addEventListener("picture", async ({ target, detail }) => {
  const { form, blob } = detail;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: blob,
      headers: { "Content-Type": "application/octet-stream", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    });
    if (!answer.ok) return target.failed(answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : "");
  } catch {
    return target.failed("");
  }
  await handOver();
});

async function handOver() {
  // Whose face was not found takes another picture at once, before the camera goes to the next.
  const till = performance.now() + HANDOVER;
  let next = await asked();
  while (!next || (next.hasAttribute("data-polls") && next.dataset.kind === "turn" && performance.now() < till)) {
    await wait(QUICK);
    next = await asked();
  }
  put(next);
  ask();
}

async function ask() {
  if (asking) return;
  asking = true;
  for (let began = performance.now(); stage().hasAttribute("data-polls");) {
    const waited = performance.now() - began;
    await wait(waited < 10_000 ? QUICK : waited < 60_000 ? 1000 : 3000);
    const next = await asked();
    if (next) take(next);
  }
  asking = false;
}

async function asked() {
  try {
    const answer = await fetch(stage().dataset.url);
    if (answer.status === 404) location.reload();
    if (!answer.ok) throw new Error(answer.status);
    lost.hidden = true;
    return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("stage");
  } catch {
    lost.hidden = false;
    return null;
  }
}

function take(next) {
  const here = stage();
  if (next.dataset.step !== here.dataset.step && !camera()?.busy) return put(next);
  // Somebody is before the camera, or nothing is new but the words.
  for (const part of [".seats", ".word"]) {
    const [old, fresh] = [here.querySelector(part), next.querySelector(part)];
    if (old && fresh && old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
  }
  here.toggleAttribute("data-polls", next.hasAttribute("data-polls"));
}

function put(next) {
  stage().replaceWith(document.adoptNode(next));
  const head = stage().querySelector("[tabindex='-1']");
  head?.focus({ preventScroll: true });
  head?.scrollIntoView({ block: "nearest" });
  if (stage().dataset.kind === "result") reveal();
}

function reveal() {
  stage().classList.add("reveal");
  stage().querySelector("arena-confetti").start();
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const figure of stage().querySelectorAll("[data-match]")) countUp(figure, Number(figure.dataset.match));
}

function countUp(figure, goal) {
  const final = figure.textContent;
  const began = performance.now();
  const step = (now) => {
    const share = Math.min(1, (now - began) / 1400);
    figure.textContent = share < 1 ? (goal * (1 - (1 - share) ** 3)).toFixed(1) : final;
    if (share < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

ask();
