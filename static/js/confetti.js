// <arena-confetti>: start() lets it rain once. Nothing moves for who asked for less motion.
const COLOURS = ["#ffcd57", "#ff9442", "#a78bfa", "#7c5cf6", "#62d99b"];
const PIECES = 120;
const SECONDS = 3.2;

class Confetti extends HTMLElement {
  start() {
    if (this.hasAttribute("data-none") || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const canvas = this.appendChild(document.createElement("canvas"));
    canvas.width = innerWidth;
    canvas.height = innerHeight;
    const paper = canvas.getContext("2d");
    const pieces = Array.from({ length: PIECES }, piece);
    const began = performance.now();
    const step = (now) => {
      const time = (now - began) / 1000;
      if (time > SECONDS) return canvas.remove();
      paper.clearRect(0, 0, canvas.width, canvas.height);
      paper.globalAlpha = Math.min(1, SECONDS - time);
      for (const each of pieces) draw(paper, each, time);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }
}

function piece(_, number) {
  const way = -Math.PI / 2 + (Math.random() - 0.5) * 1.6;
  const speed = (0.5 + Math.random()) * Math.min(innerHeight, 900);
  return {
    x: innerWidth / 2, y: innerHeight * 0.45, right: Math.cos(way) * speed, down: Math.sin(way) * speed,
    size: 6 + Math.random() * 6, turn: Math.random() * 9, colour: COLOURS[number % COLOURS.length],
  };
}

function draw(paper, each, time) {
  paper.save();
  paper.translate(each.x + each.right * time, each.y + each.down * time + 700 * time * time);
  paper.rotate(each.turn * (1 + time));
  paper.fillStyle = each.colour;
  paper.fillRect(-each.size / 2, -each.size / 3, each.size, each.size * 0.66);
  paper.restore();
}

customElements.define("arena-confetti", Confetti);
