// The split of places as a spreadsheet: arrows, Enter, a block pasted from Excel, live sums, a warning
// before typed figures are lost. The server checks everything again.

const FULL_WIDTH = /[０-９]/g;

/** A whole number from 0 on; 0 for an empty cell, null for anything else. */
function count(text) {
  const plain = text.replace(FULL_WIDTH, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0)).replace(/\s/g, "");
  if (plain === "" || plain === "-" || plain === "—") return 0;
  if (/^\d{1,3}(,\d{3})+$/.test(plain)) return Number(plain.replaceAll(",", ""));
  return /^\d{1,7}$/.test(plain) ? Number(plain) : null;
}

class Grid {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.form = root.closest("form");
    this.heads = [...root.querySelectorAll("thead th[data-column]")];
    this.rows = [...root.querySelectorAll("tbody tr")];
    this.cells = this.rows.map((row) => [...row.querySelectorAll("input")]);
    this.state = root.querySelector("[data-grid-state]");
    this.refused = new Set(root.querySelectorAll('[aria-invalid="true"]'));
    this.dirty = false;
    root.addEventListener("keydown", (event) => this.move(event));
    root.addEventListener("paste", (event) => this.paste(event));
    root.addEventListener("focusin", (event) => event.target.matches("input") && event.target.select());
    root.addEventListener("input", (event) => {
      this.refused.delete(event.target);
      this.changed();
    });
    this.form?.addEventListener("submit", () => (this.dirty = false));
    window.addEventListener("beforeunload", (event) => this.dirty && event.preventDefault());
    this.sum();
  }

  changed() {
    this.dirty = true;
    this.sum();
  }

  at(cell) {
    const row = this.cells.findIndex((cells) => cells.includes(cell));
    return row < 0 ? null : [row, this.cells[row].indexOf(cell)];
  }

  move(event) {
    const place = this.at(event.target);
    if (!place || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = place;
    const { selectionStart: from, selectionEnd: to, value } = event.target;
    const whole = from === 0 && to === value.length;
    const steps = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowLeft: whole || to === 0 ? [0, -1] : null,
      ArrowRight: whole || from === value.length ? [0, 1] : null,
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    this.cells[row + step[0]]?.[column + step[1]]?.focus();
  }

  paste(event) {
    const place = this.at(event.target);
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!place || !/[\t\n]/.test(text)) return; // One figure: the browser does it.
    event.preventDefault();
    text.split("\n").forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const cell = this.cells[place[0] + down]?.[place[1] + right];
        if (!cell || cell.readOnly) return;
        cell.value = value.trim();
        this.refused.delete(cell);
      });
    });
    event.target.select();
    this.changed();
  }

  total(sum) {
    return `${this.words.total} ${sum.toLocaleString("en-US")}`;
  }

  left(output, left) {
    output.dataset.state = left < 0 ? "over" : left === 0 ? "even" : "left";
    if (left === 0) output.textContent = this.words.even;
    else output.textContent = `${left < 0 ? this.words.over : this.words.left} ${Math.abs(left).toLocaleString("en-US")}`;
  }

  sum() {
    const over = new Set();
    const troubles = [];
    const wrong = [];
    const nameOf = (head) => head.querySelector("[data-name]").dataset.name;
    const values = this.cells.map((cells) => cells.map((cell) => count(cell.value)));
    values.forEach((row, r) => row.forEach((value, c) => value === null && wrong.push(this.cells[r][c])));
    this.heads.forEach((head, c) => {
      const sum = values.reduce((sofar, row) => sofar + (row[c] ?? 0), 0);
      const output = head.querySelector("[data-column-left]");
      if (head.dataset.held === undefined) {
        output.textContent = this.total(sum);
        return;
      }
      const left = Number(head.dataset.held) - sum;
      this.left(output, left);
      if (left >= 0) return;
      troubles.push(`${nameOf(head)} +${-left}`);
      this.cells.forEach((cells, r) => values[r][c] && over.add(cells[c]));
    });
    this.rows.forEach((row, r) => {
      const total = values[r].reduce((sum, value) => sum + (value ?? 0), 0);
      const output = row.querySelector("[data-row-left]");
      if (row.dataset.limit === undefined) {
        output.textContent = this.total(total);
        return;
      }
      const left = Number(row.dataset.limit) - total;
      this.left(output, left);
      if (left >= 0) return;
      troubles.push(`${nameOf(row)} +${-left}`);
      this.cells[r].forEach((cell, c) => values[r][c] && over.add(cell));
    });
    this.cells.flat().forEach((cell) => {
      if (over.has(cell) || this.refused.has(cell) || wrong.includes(cell)) cell.setAttribute("aria-invalid", "true");
      else cell.removeAttribute("aria-invalid");
    });
    this.say(troubles, wrong);
  }

  say(troubles, wrong) {
    const sentences = [];
    if (wrong.length) sentences.push(`${this.words.notANumber} ${wrong.map((cell) => cell.getAttribute("aria-label")).slice(0, 5).join("；")}`);
    if (troubles.length) sentences.push(`${this.words.tooMany} ${troubles.slice(0, 8).join("；")}`);
    const dirty = this.dirty ? document.body.dataset.unsaved : "";
    const limited = this.heads.some((head) => head.dataset.held !== undefined);
    const fine = limited ? [this.words.fine] : [];
    const text = [...(sentences.length ? sentences : fine), dirty].filter(Boolean).join("\n");
    this.state.className = sentences.length ? "grid-trouble" : "quiet";
    if (this.state.textContent !== text) this.state.textContent = text;
  }
}

/** Wake every grid within `root`. */
export function startGrids(root) {
  root.querySelectorAll("[data-grid]").forEach((grid) => new Grid(grid));
}
