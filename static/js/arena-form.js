// The form before a duel: another prompt and other names without leaving the page. Without this script the same
// buttons load the page anew.
const form = document.getElementById("form");

form.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-redraw]");
  if (!button) return;
  event.preventDefault();
  button.disabled = true;
  try {
    const data = new FormData(form);
    data.set("what", button.value);
    const answer = await fetch(button.formAction, { method: "POST", body: data });
    if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"), button.value);
  } catch {
    // The connection is away: what stands there stays.
  } finally {
    button.disabled = false;
    button.focus();
  }
});

function take(page, what) {
  if (what === "names") {
    const names = page.querySelectorAll("input[name=name]");
    form.querySelectorAll("input[name=name]").forEach((input, place) => { input.value = names[place].value; });
    return;
  }
  form.elements.prompt.value = page.querySelector("#form input[name=prompt]").value;
  form.querySelector(".task").textContent = page.querySelector("#form .task").textContent;
}

// Twice pressed is once meant.
for (const each of document.forms) {
  each.addEventListener("submit", (event) => {
    if (each.dataset.sent) event.preventDefault();
    each.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => { for (const each of document.forms) delete each.dataset.sent; });
