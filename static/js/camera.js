// <arena-camera>: a picture from the camera or from a file, looked at before it is sent. What is sent goes out as the
// event "picture"; whoever listens answers by sent() or failed(words).
const LARGEST = 20_000_000;
const LONGEST = 1280; // pixels: the judge looks no closer
const REFUSALS = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "missing", OverconstrainedError: "missing" };

class Camera extends HTMLElement {
  connectedCallback() {
    this.lens = this.querySelector("[data-lens]");
    this.film = this.querySelector("[data-film]");
    this.image = this.querySelector("[data-picture]");
    this.count = this.querySelector("[data-count]");
    this.form = this.querySelector("form");
    this.file = this.form.elements.photo;
    this.querySelector("[data-plain]").hidden = true;
    this.addEventListener("click", (event) => this.act(event.target.closest("[data-act]")?.dataset.act));
    this.file.addEventListener("change", () => this.choose(this.file.files[0]));
    this.can = Boolean(navigator.mediaDevices?.getUserMedia);
    if (!this.can) this.say(this.dataset.insecure);
    this.show(...(this.can ? ["open"] : []));
  }

  disconnectedCallback() {
    this.stop();
  }

  get busy() {
    return this.hasAttribute("data-busy-now");
  }

  act(name) {
    if (name === "open") this.open();
    if (name === "snap") this.snap();
    if (name === "send") this.send();
    if (name === "retake") this.retake();
  }

  async open() {
    this.say("");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 } }, audio: false });
    } catch (error) {
      this.say(this.dataset[REFUSALS[error.name] ?? "busy"]);
      return;
    }
    if (!this.isConnected) return this.stop();
    this.film.srcObject = this.stream;
    await this.film.play();
    this.look("film");
    this.show("snap");
    this.focusOn("snap");
  }

  async snap() {
    this.show();
    this.form.hidden = true;
    for (const number of [3, 2, 1]) {
      this.count.textContent = number;
      await pause(700);
    }
    this.count.textContent = "";
    if (!this.stream?.active) return this.show("open");
    this.lens.classList.add("flash");
    setTimeout(() => this.lens.classList.remove("flash"), 400);
    await this.keep(await drawn(this.film, this.film.videoWidth, this.film.videoHeight), true);
  }

  async choose(file) {
    if (!file) return;
    this.stop();
    const small = await shrunk(file);
    if (!small && file.size > LARGEST) {
      this.say(this.dataset.tooLarge);
      return this.show(...(this.can ? ["open"] : []));
    }
    await this.keep(small ?? file, false);
  }

  async keep(blob, mirrored) {
    this.blob = blob;
    this.say("");
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = this.image.src = URL.createObjectURL(blob);
    this.image.classList.toggle("mirrored", mirrored);
    this.look("picture");
    this.show("send", "retake");
    this.focusOn("send");
  }

  retake() {
    this.blob = null;
    this.file.value = "";
    if (this.stream?.active) {
      this.look("film");
      this.show("snap");
      this.focusOn("snap");
    } else if (this.can) {
      this.show("open");
      this.look("");
      this.open();
    } else {
      this.look("");
      this.show();
      this.file.click();
    }
  }

  send() {
    this.stop();
    this.show();
    this.form.hidden = true;
    this.querySelector("[data-sending]").hidden = false;
    this.dispatchEvent(new CustomEvent("picture", { detail: { blob: this.blob, form: this.form }, bubbles: true }));
  }

  failed(words) {
    this.querySelector("[data-sending]").hidden = true;
    this.say(words || this.dataset.lost);
    this.show("send", "retake");
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  look(what) {
    this.lens.hidden = !what;
    this.film.hidden = what !== "film";
    this.image.hidden = what !== "picture";
    this.toggleAttribute("data-busy-now", Boolean(what));
  }

  show(...names) {
    for (const button of this.querySelectorAll("[data-act]")) button.hidden = !names.includes(button.dataset.act);
    this.form.hidden = names.includes("send");
  }

  focusOn(name) {
    this.querySelector(`[data-act=${name}]`).focus();
  }

  say(words) {
    const place = this.parentElement.querySelector("[data-problem]");
    place.textContent = words;
    place.hidden = !words;
  }
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function shrunk(file) {
  // What this browser cannot open goes to the judge as it is: it says best what is wrong with it.
  try {
    const bitmap = await createImageBitmap(file);
    return await drawn(bitmap, bitmap.width, bitmap.height);
  } catch {
    return null;
  }
}

function drawn(source, width, height) {
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const paper = canvas.getContext("2d");
  paper.fillStyle = "white"; // under what is transparent
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
}

customElements.define("arena-camera", Camera);
