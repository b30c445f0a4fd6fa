/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The script of a report, third part: values of categories whose names need a row each. The pointer or the arrow keys
 * show values; a legend entry hides and shows its points. */
function Rows(box, chart) { Plot.call(this, box, chart); }
Rows.prototype = Object.create(Plot.prototype);

// How far from the middle of its row a series stands, as a share of the row's height: chart.aside() of the pictures.
Rows.prototype.aside = function (i) {
  var count = this.chart.series.length;
  return (i - (count - 1) / 2) * Math.min(0.16, 0.6 / count);
};

Rows.prototype.layout = function () {
  var chart = this.chart, width = this.fixedWidth || Math.max(280, this.box.clientWidth || 680);
  var longest = Math.max.apply(null, chart.categories.map(function (name) { return name.length; }));
  var letters = Math.max(8, Math.min(longest, Math.floor(width * 0.42 / 7)));
  this.names = chart.categories.map(function (name) { return linesOf(name, letters); });
  var lines = Math.max.apply(null, this.names.map(function (name) { return name.length; }));
  this.step = Math.max(28, 15 * lines + 8);
  this.width = width;
  this.area = { left: 14 + 7 * letters, right: width - 14, top: 10, bottom: 10 + this.step * this.names.length };
  this.titleLines = titleLines(chart.yLabel, this.area.right - this.area.left);
  this.height = this.area.bottom + 44 + TITLE_LINE * (this.titleLines.length - 1);
};

Rows.prototype.row = function (place) { return this.area.top + (place + 0.5) * this.step; };

Rows.prototype.draw = function () {
  var self = this, chart = this.chart;
  this.layout();
  this.xs = [-0.5, chart.categories.length - 0.5];
  var area = this.area, ends = this.rangeY(this.xs);
  this.y = scale(ends[0], ends[1], area.left, area.right, chart.yLog);
  var svg = make("svg", { viewBox: "0 0 " + this.width + " " + this.height, "class": "rows", role: "img", tabindex: 0,
    "aria-label": chart.title + ". " + chart.note + " Arrow keys show values." });
  this.drawAxes(svg, ends);
  chart.series.forEach(function (series, i) {
    if (!self.hidden["s" + i]) self.drawRow(svg, series, colourOf(series, i), i);
  });
  chart.marks.forEach(function (mark, i) {
    var at = self.y(mark.value);
    if (mark.axis === "y" && !self.hidden["m" + i])
      make("line", { x1: at, x2: at, y1: area.top, y2: area.bottom, stroke: self.markColour(mark, i),
        "stroke-width": 1.4, "stroke-dasharray": MARK_DASHES[i % 3] }, svg);
  });
  this.hoverLayer = make("g", {}, svg);
  this.putInPlace(svg);
};

Rows.prototype.drawAxes = function (svg, ends) {
  var self = this, chart = this.chart, area = this.area, log = chart.yLog;
  var room = Math.max(2, Math.floor((area.right - area.left) / 50));
  var texts = (log ? logTicks(ends[0], ends[1], room) : linearTicks(ends[0], ends[1], room)).map(function (tick) {
    var text = compact(tick, log ? 0 : Math.max(Math.abs(ends[0]), ends[1])), half = text.length * 3.6 + 4;
    return { text: text, half: half, tick: self.y(tick), at: Math.min(self.y(tick), self.width - half) };
  });
  texts.forEach(function (one) {
    make("line", { x1: one.tick, x2: one.tick, y1: area.top, y2: area.bottom, stroke: "#ddd" }, svg);
  });
  thatFit(texts).forEach(function (one) {
    make("text", { x: one.at, y: area.bottom + 17, "text-anchor": "middle", "class": "tick" }, svg, one.text);
  });
  this.names.forEach(function (lines, i) {
    var at = self.row(i);
    make("line", { x1: area.left, x2: area.right, y1: at, y2: at, stroke: "#eee" }, svg);
    lines.forEach(function (line, j) {
      make("text", { x: area.left - 8, y: at + 4 + 15 * (j - (lines.length - 1) / 2), "text-anchor": "end",
        "class": "name" }, svg, line);
    });
  });
  make("path", { d: "M" + area.left + "," + area.top + "V" + area.bottom + "H" + area.right, fill: "none",
    stroke: "#333" }, svg);
  drawTitle(svg, this.titleLines, (area.left + area.right) / 2, area.bottom + 36, "middle");
};

Rows.prototype.drawRow = function (svg, series, place, number) {
  var self = this, colour = COLOURS[place], log = this.chart.yLog;
  var group = make("g", { "class": "curve", "data-series": number }, svg);
  series.x.forEach(function (row, i) {
    var at = self.row(row + self.aside(number)), value = series.y[i];
    if (value === null || (log && value <= 0)) return;
    if (series.low && series.low[i] !== null && series.low[i] !== undefined) {
      var low = log && series.low[i] <= 0 ? self.area.left : self.y(series.low[i]), high = self.y(series.high[i]);
      make("path", { d: "M" + low + "," + (at - 4) + "v8m0,-4H" + high + "m0,-4v8", fill: "none", stroke: colour,
        "stroke-width": 1.5, "class": "interval" }, group);
    }
    var fill = series.hollow ? [colour, "#fff", "#bbb"][series.hollow[i]] : colour;
    self.marker(group, place, self.y(value), at, fill, colour);
  });
};

Rows.prototype.listen = function (svg) {
  var self = this;
  svg.addEventListener("pointermove", function (event) {
    var box = svg.getBoundingClientRect(), at = (event.clientY - box.top) * self.height / box.height;
    self.hover(Math.floor((at - self.area.top) / self.step));
  });
  svg.addEventListener("pointerleave", function () { self.unhover(); });
  svg.addEventListener("blur", function () { self.unhover(); });
  svg.addEventListener("keydown", function (event) { if (self.key(event.key)) event.preventDefault(); });
};

Rows.prototype.key = function (key) {
  var by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[key];
  if (by) this.hover(this.cursor === null ? 0 : this.cursor + by);
  else if (key === "Escape") this.unhover();
  return !!by || key === "Escape";
};

Rows.prototype.hover = function (wanted) {
  var self = this, chart = this.chart, row = Math.max(0, Math.min(chart.categories.length - 1, wanted));
  this.unhover();
  this.cursor = row;
  make("rect", { x: 0, width: this.width, y: this.row(row) - this.step / 2, height: this.step, fill: "#888",
    "fill-opacity": 0.12 }, this.hoverLayer);
  htmlElement("b", "", this.tip, chart.categories[row]);
  chart.series.forEach(function (series, i) {
    if (!self.hidden["s" + i]) self.tell(series, series.x.indexOf(row));
  });
  this.tip.hidden = false;
  this.placeTip(row);
};

Rows.prototype.placeTip = function (row) {
  var factor = this.svg.getBoundingClientRect().width / this.width;
  this.tip.style.left = Math.max(0, Math.min(this.area.left * factor, this.box.clientWidth - this.tip.offsetWidth)) + "px";
  this.tip.style.top = (this.row(row) + this.step / 2) * factor + "px";
};
