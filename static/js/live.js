// The front page stays as things are: duels and rows change while they are looked at.
// All news have numbers. A number that is missing was lost on the way: then the page is asked for anew.

const live = document.getElementById("live");
const pulse = document.querySelector(".pulse");
const connection = pulse.querySelector("[data-connection]");
const watchers = pulse.querySelector("[data-watching]");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const words = Object.fromEntries(
  [...document.getElementById("words").content.querySelectorAll("[data-word]")].map((each) => [each.dataset.word, each]),
);
const language = document.documentElement.lang;
const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const own = document.querySelector(".own"); // the reader's place, of who is signed in

const GRACE = 1500; // milliseconds for news that others have overtaken
const EACH = 5; // milliseconds that the page waits for each who watches: not all ask anew at once
const LONGEST_SPREAD = 10000;
const LONGEST_PAUSE = 15000;
const SAID = 5000;
const KEPT = 50; // news, to be applied once more to a page that was made before them

let seen = 0; // all up to this number is on the page
let known = 0; // the last number there is
let early = new Set(); // numbers that came before one that is still missing
let recent = [];
let spread = 0;
let overdue = null;
let stale = false; // something has changed that no news tell
let pause = 500;
let lost = false;

const state = () => live.firstElementChild.dataset;
const clone = (id, what) => document.importNode(document.getElementById(id).content, true).querySelector(what);
const field = (within, name) => within.querySelector(`[data-field="${name}"]`);
const rows = () => [...live.querySelectorAll("tbody tr")];
const row = (player) => live.querySelector(`tr[data-player="${player}"]`);
const key = (tr) => tr.dataset.key.split(" ").map(Number);
const above = (one, other) => one[0] - other[0] || one[1] - other[1];

// News

function hear(message) {
  const fresh = message.news.filter((news) => news.numbers.some((number) => number > seen && !early.has(number)));
  known = Math.max(known, message.number, ...message.news.flatMap((news) => news.numbers));
  spread = Math.min(LONGEST_SPREAD, EACH * message.watching);
  watchers.textContent = message.watching;
  watchers.parentElement.hidden = false;
  if (fresh.length) {
    recent = [...recent, ...fresh].slice(-KEPT);
    moving(() => fresh.forEach(apply));
    fresh.forEach((news) => count(news.numbers));
  }
  if (state().day !== message.day) catchUpSoon(true); // the day's points begin anew
  if (known > seen || stale) catchUpSoon();
}

function count(numbers) {
  for (const number of numbers) if (number > seen) early.add(number);
  while (early.delete(seen + 1)) seen += 1;
}

function apply(news) {
  news.duels.forEach(applyDuel);
  news.rows.forEach(applyRow);
}

function applyRow(player) {
  if (isOwn(player.id)) catchUpSoon(true); // their place may be anywhere
  const worth = player.boards[state().board];
  const there = row(player.id);
  const body = live.querySelector("tbody");
  if (!body) {
    if (worth) catchUpSoon(true); // the board's first player
    return;
  }
  if (state().first !== "1") {
    if (there && worth) fill(there, player, worth);
    catchUpSoon(true); // others may have come before this page
  } else if (worth) {
    insert(body, there ?? clone("row", "tr"), player, worth);
  } else if (there) {
    there.remove();
    catchUpSoon(true);
  }
  number();
}

function insert(body, tr, player, worth) {
  const was = tr.isConnected && key(tr);
  fill(tr, player, worth);
  if (was && above(was, key(tr)) === 0) return;
  const others = rows().filter((each) => each !== tr);
  if (others.some((each) => above(key(each), key(tr)) === 0)) catchUpSoon(true); // equals are put in order elsewhere
  const below = others.find((each) => above(key(each), key(tr)) < 0);
  body.insertBefore(tr, below ?? null);
  const size = Number(state().size);
  const more = "more" in state();
  if (was && more && !below) catchUpSoon(true); // it may have left this page, and somebody else come up
  for (const each of rows().slice(size)) {
    each.remove();
    if (!more || isOwn(each.dataset.player)) catchUpSoon(true); // there is a next page now
  }
}

function number() {
  const first = Number(state().first);
  rows().forEach((tr, index) => (field(tr, "place").textContent = first + index));
  const mine = own && row(own.dataset.player);
  if (mine) showOwn(field(mine, "place").textContent);
}

const isOwn = (player) => own !== null && own.dataset.player === player;

function showOwn(place) {
  own.hidden = !place;
  own.querySelector(".figure").textContent = place;
}

function fill(tr, player, [figure, ...sortedBy]) {
  tr.dataset.player = player.id;
  tr.dataset.key = sortedBy.join(" ");
  const worth = typeof figure === "number" ? tenths.format(figure) : figure;
  const texts = { name: player.name, figure: worth, rating: player.rating, tally: player.tally.join("–") };
  texts.best = player.best ? words[player.best].textContent : "";
  for (const [name, text] of Object.entries(texts)) {
    const cell = field(tr, name);
    if (cell) cell.textContent = text;
  }
  field(tr, "name").href = `/players/${player.id}/`;
  const streak = field(tr, "streak");
  streak.textContent = player.streak > 0 ? `+${player.streak}` : player.streak < 0 ? `−${-player.streak}` : "0";
  streak.classList.toggle("up", player.streak > 0);
  streak.classList.toggle("down", player.streak < 0);
  mark(field(tr, "last"), player.last);
  glow(tr);
}

function mark(marks, last) {
  marks.replaceChildren(...[...last].map((letter) => document.importNode(words[letter].firstElementChild, true)));
}

function applyDuel(duel) {
  const strip = live.querySelector(".strip");
  const there = strip.querySelector(`[data-duel="${duel.id}"]`);
  if (duel.state === "gone") {
    there?.remove();
  } else {
    const li = there ?? clone("duel", "li");
    fillDuel(li, duel);
    const older = [...strip.children].find((each) => Number(each.dataset.begun) < duel.begun);
    if (!there) strip.insertBefore(li, older ?? null); // it may have left the strip, and end only now
    for (const each of [...strip.children].slice(Number(state().strip))) each.remove();
  }
  live.querySelector(".empty").hidden = strip.children.length > 0;
}

function fillDuel(li, duel) {
  li.dataset.duel = duel.id;
  li.dataset.state = duel.state;
  li.dataset.begun = duel.begun;
  const prompt = field(li, "prompt");
  prompt.textContent = duel.prompt[language] ?? "";
  prompt.href = `/duels/${duel.id}/`;
  field(li, "state").textContent = words[duel.state]?.textContent ?? "";
  field(li, "sides").replaceChildren(...duel.players.map(side));
  glow(li);
}

function side(player) {
  const li = clone("side", "li");
  li.classList.toggle("wins", player.wins);
  field(li, "name").textContent = player.name;
  field(li, "match").textContent = player.match === null ? "—" : tenths.format(player.match);
  const bar = li.querySelector(".bar");
  bar.classList.toggle("wins", player.wins);
  bar.setAttribute("aria-label", tenths.format(player.match ?? 0));
  bar.querySelector(".level").setAttribute("width", `${player.match ?? 0}%`);
  return li;
}

// Movement

function glow(element) {
  element.classList.remove("glow");
  void element.offsetWidth; // or the same animation would not begin anew
  element.classList.add("glow");
}

function tops() {
  return new Map(rows().map((tr) => [tr.dataset.player, tr.getBoundingClientRect().top]));
}

function moving(change) {
  const before = tops();
  change();
  if (calm.matches) return;
  for (const tr of rows()) {
    const from = before.get(tr.dataset.player);
    const distance = from === undefined ? 0 : from - tr.getBoundingClientRect().top;
    const start = from === undefined ? { opacity: 0 } : { transform: `translateY(${distance}px)` };
    if (from === undefined || distance) tr.animate([start, { opacity: 1, transform: "none" }], { duration: 650, easing: "cubic-bezier(.2,.8,.2,1)" });
  }
}

// Catching up

function catchUpSoon(certainly = false) {
  stale ||= certainly;
  if (overdue !== null) return;
  const behind = known;
  overdue = setTimeout(() => {
    overdue = null;
    if (stale || seen < behind) catchUp();
  }, GRACE + Math.random() * spread);
}

async function catchUp() {
  let answer;
  try {
    answer = await fetch(live.dataset.fragment, { headers: { Accept: "text/html" } });
  } catch {
    return; // the next beat finds the page behind still
  }
  if (!answer.ok) return;
  stale = false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const place = fresh.querySelector(".own .figure");
  const texts = new Map(rows().map((tr) => [tr.dataset.player, tr.textContent]));
  moving(() => {
    if (own && place) showOwn(place.textContent);
    replace(fresh.querySelector(".live"));
    for (const tr of rows()) if (texts.get(tr.dataset.player) !== tr.textContent) glow(tr);
  });
}

function replace(page) {
  const focused = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  live.replaceChildren(page);
  seen = Math.max(seen, Number(state().number));
  known = Math.max(known, seen);
  early = new Set([...early].filter((each) => each > seen));
  recent.filter((news) => news.numbers.at(-1) > Number(state().number)).forEach(apply);
  count([]);
  if (focused) live.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

// The socket

function listen() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/ws/live/?after=${seen}`);
  socket.onopen = () => {
    pause = 500;
    if (lost) say(pulse.dataset.back);
    lost = false;
    setTimeout(() => lost || say(""), SAID);
  };
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onclose = () => {
    if (!lost) say(pulse.dataset.lost);
    lost = true;
    setTimeout(listen, pause + Math.random() * pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
}

function say(text) {
  connection.textContent = text;
  pulse.classList.toggle("lost", text === pulse.dataset.lost);
  if (text) watchers.parentElement.hidden = true;
}

seen = known = Number(state().number);
listen();
