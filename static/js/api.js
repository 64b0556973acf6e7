// "Try it" shows the answer in place. Without scripts the form opens it, where its address holds no id.
function addressOf(form) {
  const given = new FormData(form);
  let path = form.dataset.path;
  for (const field of form.querySelectorAll("[data-in-path]")) {
    path = path.replace(`{${field.name}}`, encodeURIComponent(given.get(field.name).trim()));
    given.delete(field.name);
  }
  const asked = new URLSearchParams([...given].filter(([, value]) => value !== ""));
  return asked.size ? `${path}?${asked}` : path;
}

async function show(form) {
  const box = form.parentElement.querySelector(".answer");
  const address = addressOf(form);
  box.hidden = false;
  box.querySelector(".asked code").textContent = address;
  const text = box.querySelector("pre");
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    box.querySelector(".asked span").textContent = answer.status;
    const said = await answer.text();
    text.textContent = answer.headers.get("Content-Type")?.includes("json") ? JSON.stringify(JSON.parse(said), null, 2) : "";
  } catch (error) {
    text.textContent = String(error);
  }
}

for (const form of document.querySelectorAll("form.try")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(form);
  });
}
