// The camera's frames go out small, what the judge saw in them comes back. See duels/mirror/ for the other side.

const root = document.getElementById("mirror");
const words = root.dataset;
const part = (selector) => root.querySelector(selector);
const video = part("video");
const overlay = part("canvas");
const rate = part(".rate");
const button = part(".toggle");
const state = part(".state");
const summary = part(".summary");
const level = part(".gauge .level");
const match = part(".match");
const select = part("#prompt");
const own = part("#own");
const help = part("#own-help");
const dot = part(".dot");
const axes = part(".axes");
const legend = axes.textContent;
const bars = [...root.querySelectorAll("[data-emotion]")];

const SHORT_SIDE = 240; // of a frame as it is sent
const QUALITY = 0.8;
const IN_FLIGHT = 2; // one is looked at while the next is on its way
const LEAST_PAUSE = 45; // milliseconds from frame to frame
const UNANSWERED = 3000; // then frames that were dropped on the way are forgotten
const RETRY = 2000;
const SUMMED_UP = 5000; // a screen reader is told so often at most
const COUNTED = 3000; // over which the frames a second are measured
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const CALM_PAUSE = 500;
const FOREIGN = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;
const SETTLED = 1000; // so long it has to last, for what the judge sees to be said
const BYE = 4000;
const CLOSED = { 4401: "stranger", 4413: "failed" };
const REFUSALS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
};

const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
const tenths = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const frame = document.createElement("canvas");

let stream = null; // while the camera is on
let asking = false;
let socket = null;
let turn = false; // it is ours to look
let hadTurn = false;
let sent = 0;
let answered = 0;
let sentAt = 0;
let grabbing = false;
let seenAt = []; // of the last answers
let shownAt = 0;
let summedUpAt = 0;
let coming = ""; // what is to be said once it has lasted
let comingSince = 0;

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const signed = (value) => tenths.format(value).replace("-", "−");

function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

function sayOnceItLasts(text, now) {
  if (text !== coming) [coming, comingSince] = [text, now];
  if (now - comingSince >= SETTLED) say(text);
}

// The camera.

async function start() {
  if (!navigator.mediaDevices?.getUserMedia) return say(words.insecure);
  if (asking) return;
  asking = true; // and not disabled: the button would lose the keyboard's focus
  say(words.asking);
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 640 } } });
  } catch (error) {
    return say(words[REFUSALS[error.name] ?? "failed"]);
  } finally {
    asking = false;
  }
  stream.getVideoTracks()[0].addEventListener("ended", () => stop(words.stopped));
  video.srcObject = stream;
  button.textContent = words.stop;
  button.classList.remove("main");
  hadTurn = false;
  say(words.connecting);
  connect();
  requestAnimationFrame(tick);
}

function stop(why) {
  stream?.getTracks().forEach((track) => track.stop());
  stream = video.srcObject = null;
  socket?.close();
  socket = null;
  turn = false;
  clear();
  rate.hidden = true;
  summary.textContent = "";
  button.textContent = words.start;
  button.classList.add("main");
  say(why);
}

video.addEventListener("resize", () => {
  if (video.videoWidth) part(".glass").style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
});

// Frames out.

function tick() {
  if (!stream) return;
  if (turn && !grabbing && due()) grab();
  requestAnimationFrame(tick);
}

function due() {
  const waited = performance.now() - sentAt;
  if (waited > UNANSWERED) answered = sent;
  return video.videoWidth && sent - answered < IN_FLIGHT && waited >= LEAST_PAUSE;
}

function grab() {
  const scale = Math.min(1, SHORT_SIDE / Math.min(video.videoWidth, video.videoHeight));
  frame.width = Math.round(video.videoWidth * scale);
  frame.height = Math.round(video.videoHeight * scale);
  frame.getContext("2d", { alpha: false }).drawImage(video, 0, 0, frame.width, frame.height);
  grabbing = true;
  sentAt = performance.now();
  frame.toBlob((picture) => {
    grabbing = false;
    if (!picture || !turn || socket?.readyState !== WebSocket.OPEN) return;
    sent += 1;
    const number = new DataView(new ArrayBuffer(4));
    number.setUint32(0, sent);
    socket.send(new Blob([number, picture]));
  }, "image/jpeg", QUALITY);
}

// Answers in.

function connect() {
  const mine = new WebSocket(new URL("/ws/mirror/", location).href.replace(/^http/, "ws"));
  socket = mine;
  mine.onopen = sendPrompt;
  mine.onmessage = (event) => mine === socket && hear(JSON.parse(event.data));
  mine.onclose = (event) => {
    if (mine !== socket) return;
    turn = false;
    clear();
    if (event.code === BYE) return stop(state.textContent);
    if (event.code in CLOSED) return stop(words[CLOSED[event.code]]);
    say(words.lost);
    setTimeout(() => stream && mine === socket && connect(), RETRY);
  };
}

function hear(told) {
  const heard = {
    seen,
    unreadable: (told) => (answered = told.frame),
    place: takePlace,
    away: () => {
      turn = false;
      clear();
      say(words.away);
    },
    elsewhere: () => say(words.elsewhere),
    full: () => say(words.full),
  };
  heard[told.kind]?.(told);
}

function takePlace({ place }) {
  turn = place === 0;
  answered = sent;
  if (turn) {
    hadTurn = true;
    say(words.live);
  } else {
    clear();
    say(filled(hadTurn ? words.again : words.line, { place }));
  }
}

function seen(told) {
  answered = told.frame;
  const now = performance.now();
  seenAt = [...seenAt.filter((at) => now - at < COUNTED), now];
  draw(told);
  if (now - shownAt < (CALM.matches ? CALM_PAUSE : 0)) return;
  shownAt = now;
  sayOnceItLasts(told.resting ? words.resting : told.box ? words.live : words.faceless, now);
  show(told);
  sumUp(told, now);
}

function perSecond() {
  const span = seenAt[seenAt.length - 1] - seenAt[0];
  const found = span > 0 ? (1000 * (seenAt.length - 1)) / span : 0;
  return found < 3 ? tenths.format(found) : Math.round(found);
}

// What is shown.

function draw({ box }) {
  const ratio = devicePixelRatio;
  const [width, height] = [overlay.clientWidth, overlay.clientHeight];
  overlay.width = width * ratio;
  overlay.height = height * ratio;
  if (!box) return;
  const pen = overlay.getContext("2d");
  pen.scale(ratio, ratio);
  const [left, top, right, bottom] = box;
  const place = [(1 - right) * width, top * height, (right - left) * width, (bottom - top) * height, 14];
  for (const [colour, line] of [["rgb(15 15 26 / 60%)", 6], ["#ffcd57", 3]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = line;
    pen.beginPath();
    pen.roundRect(...place);
    pen.stroke();
  }
}

function show(told) {
  rate.hidden = false;
  rate.textContent = filled(words.rate, { rate: perSecond() });
  if (!told.box) return blank();
  const first = Math.max(...Object.values(told.shares));
  for (const bar of bars) {
    const share = told.shares[bar.dataset.emotion];
    bar.querySelector(".level").style.width = `${100 * share}%`;
    bar.querySelector(".share").textContent = percent.format(share);
    bar.classList.toggle("first", share === first);
  }
  dot.removeAttribute("hidden");
  dot.style.cx = `${100 * told.valence}px`;
  dot.style.cy = `${-100 * told.arousal}px`;
  axes.textContent = filled(axes.dataset.text, {
    valence: signed(told.valence),
    arousal: signed(told.arousal),
  });
  showMatch(told.prompt === prompt() ? told.match : null);
}

function showMatch(value) {
  level.setAttribute("stroke-dasharray", `${value ?? 0} 200`);
  match.textContent = value === null ? "–" : tenths.format(value);
}

function blank() {
  for (const bar of bars) {
    bar.querySelector(".level").style.width = 0;
    bar.querySelector(".share").textContent = "–";
    bar.classList.remove("first");
  }
  dot.setAttribute("hidden", "");
  axes.textContent = legend;
  showMatch(null);
}

function clear() {
  overlay.width = overlay.width;
  coming = "";
  seenAt = [];
  rate.hidden = true;
  blank();
}

function sumUp(told, now) {
  if (now - summedUpAt < SUMMED_UP) return;
  summedUpAt = now;
  if (!told.box) return (summary.textContent = words.faceless);
  const first = bars.find((bar) => bar.classList.contains("first"));
  const emotion = first.querySelector("dt").textContent;
  const share = first.querySelector(".share").textContent;
  const fits = told.match === null ? "" : filled(words.fits, { match: Math.round(told.match) });
  summary.textContent = `${filled(words.mostly, { emotion, share })} ${fits}`;
}

// The prompt.

function prompt() {
  const typed = own.value.trim();
  return typed && !FOREIGN.test(typed) ? typed : select.value;
}

function sendPrompt() {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ prompt: prompt() }));
}

let settled = 0;
function prompted() {
  const foreign = FOREIGN.test(own.value);
  own.setAttribute("aria-invalid", foreign);
  help.classList.toggle("wrong", foreign);
  help.textContent = foreign ? help.dataset.wrong : help.dataset.right;
  showMatch(null);
  clearTimeout(settled);
  settled = setTimeout(sendPrompt, 400);
}

select.addEventListener("change", () => {
  own.value = "";
  prompted();
});
own.addEventListener("input", prompted);
button.addEventListener("click", () => (stream ? stop(words.stopped) : start()));
addEventListener("pagehide", () => stream && stop(words.stopped));
button.disabled = false;
