/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The script of a report, second part: a plot of curves. Drag along it to zoom, double-click or Escape to see all again;
 * the pointer or the arrow keys show values; a legend entry hides and shows its curve. */
function Plot(box, chart) {
  this.box = box;
  this.chart = chart;
  this.hidden = {};
  this.view = null;
  this.cursor = null;
  this.number = Plot.made++;
  this.tip = htmlElement("div", "tip", box);
  this.tip.setAttribute("role", "status");
  this.tip.hidden = true;
  this.buildLegend();
  this.draw();
}
Plot.made = 0;

Plot.prototype.shown = function () {
  var hidden = this.hidden;
  return this.chart.series.filter(function (series, i) { return !hidden["s" + i]; });
};

Plot.prototype.buildLegend = function () {
  var self = this, chart = this.chart;
  var legend = htmlElement("div", "legend", this.box.parentNode);
  if (chart.legend) htmlElement("span", "title", legend, chart.legend);
  function entry(item, id, place, isMark) {
    var button = htmlElement("button", "", legend);
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.title = "hide or show";
    self.sample(button, item, place, isMark);
    htmlElement("span", "", button, item.name);
    button.addEventListener("click", function () {
      self.hidden[id] = !self.hidden[id];
      button.setAttribute("aria-pressed", self.hidden[id] ? "false" : "true");
      self.draw();
    });
  }
  if (chart.series.length + chart.marks.length > 1) {
    chart.series.forEach(function (series, i) { entry(series, "s" + i, colourOf(series, i), false); });
    chart.marks.forEach(function (mark, i) { entry(mark, "m" + i, i, true); });
  }
  this.reset = htmlElement("button", "reset", legend, "Show all");
  this.reset.type = "button";
  this.reset.disabled = true;
  this.reset.addEventListener("click", function () { self.zoom(null); });
};

Plot.prototype.sample = function (button, item, place, isMark) {
  var svg = make("svg", { viewBox: "0 0 32 12", height: 12, "aria-hidden": "true" }, button);
  if (item.style === "bars") {
    make("rect", { x: 6, y: 2, width: 20, height: 9, fill: COLOURS[place], "fill-opacity": 0.55 }, svg);
    return;
  }
  var colour = isMark ? this.markColour(item, place) : COLOURS[place];
  var dash = isMark ? MARK_DASHES[place % 3] : DASHES[place];
  if (item.style !== "points")
    make("line", { x1: 0, y1: 6, x2: 32, y2: 6, stroke: colour, "stroke-width": 2, "stroke-dasharray": dash }, svg);
  var how = item.style === "points" && item.hollow && item.hollow[0]; // all of its points are alike
  if (!isMark && this.hasMarkers(item)) this.marker(svg, place, 16, 6, how ? ["", "#fff", "#bbb"][how] : colour, colour);
};

Plot.prototype.markColour = function (mark, place) {
  return COLOURS[colourOf(mark, place + this.chart.series.length)];
};

Plot.prototype.hasMarkers = function (series) {
  return series.style === "points" || !!series.hollow ||
    (series.style === "line" && this.chart.markers && series.x.length <= FEW_POINTS);
};

Plot.prototype.marker = function (parent, place, x, y, fill, stroke) {
  var r = 3.6, shapes = [
    null, "M-3,-3h6v6h-6z", "M0,-4L4,3H-4z", "M0,-4.4L4.4,0L0,4.4L-4.4,0z", "M0,4L4,-3H-4z",
    "M-1.4,-4h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6v-2.8h2.6z",
    "M-4,-2.4L-2.4,-4L0,-1.6L2.4,-4L4,-2.4L1.6,0L4,2.4L2.4,4L0,1.6L-2.4,4L-4,2.4L-1.6,0z",
    "M0,-4.6L1.3,-1.4L4.6,-1.2L2,0.9L2.9,4.2L0,2.4L-2.9,4.2L-2,0.9L-4.6,-1.2L-1.3,-1.4z"];
  if (!shapes[place]) make("circle", { cx: x, cy: y, r: r, fill: fill, stroke: stroke }, parent);
  else make("path", { d: shapes[place],
    transform: "translate(" + x + "," + y + ")", fill: fill, stroke: stroke }, parent);
};

// All of x, marks included, with a little room.
Plot.prototype.wholeX = function () {
  var chart = this.chart, ends = [];
  if (chart.categories) return [-0.5, chart.categories.length - 0.5];
  chart.series.forEach(function (series) {
    ends = ends.concat(series.x[0], series.x[series.x.length - 1], series.to || []);
  });
  chart.marks.forEach(function (mark) { if (mark.axis === "x") ends.push(mark.value); });
  ends = ends.concat(chart.xTicks || []).filter(function (x) { return x !== null && x !== undefined; });
  var low = Math.min.apply(null, ends), high = Math.max.apply(null, ends);
  if (!ends.length) return [0, 1];
  var aside = Math.abs(low) * 0.05 || 1;
  if (low === high) return chart.xLog ? [low / 2, high * 2] : [low - aside, high + aside];
  if (chart.xLog) { var f = Math.pow(high / low, 0.02); return [low / f, high * f]; }
  return [low - (high - low) * 0.02, high + (high - low) * 0.02];
};

Plot.prototype.rangeY = function (xs) {
  var chart = this.chart, low = Infinity, high = -Infinity, view = this.view, hidden = this.hidden;
  function see(value) {
    if (value === null || value === undefined || (chart.yLog && value <= 0)) return;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  this.shown().forEach(function (series) {
    series.y.forEach(function (y, i) {
      var x = series.x[i], end = series.to ? series.to[i] : x;
      if (end < xs[0] || x > xs[1]) return;
      see(y);
      if (series.low) { see(series.low[i]); see(series.high[i]); }
    });
    if (view) xs.forEach(function (x) { see(valueAt(series, x)); });
  });
  if (!view) chart.marks.forEach(function (mark, i) { if (mark.axis === "y" && !hidden["m" + i]) see(mark.value); });
  if (low > high) return chart.yLog ? [1, 10] : [0, 1];
  if (chart.yLog && !view && chart.yMin > 0) { low = Math.min(low, chart.yMin); high = Math.max(high, chart.yMax); }
  if (chart.yLog) { var f = Math.max(1.15, Math.pow(high / low, 0.05)); return [low / f, high * f]; }
  if (!view && chart.yMax) { high = chart.yMax * 1.04; return low < 0 ? [low - (high - low) * 0.06, high] : [0, high]; }
  if (!view || low < 0.25 * high) low = Math.min(0, low);
  if (high === low) high = low + (Math.abs(low) || 1);
  return [low === 0 ? 0 : low - (high - low) * 0.06, high + (high - low) * 0.06];
};

Plot.prototype.draw = function () {
  var chart = this.chart, self = this;
  var width = this.fixedWidth || Math.max(280, this.box.clientWidth || 680);
  var xs = this.view || this.wholeX(), ys = this.rangeY(xs);
  var yTicks = chart.yLog ? logTicks(ys[0], ys[1], 6) : linearTicks(ys[0], ys[1], 6);
  var labels = yTicks.map(function (tick) { return compact(tick, chart.yLog ? 0 : ys[1]); });
  var left = 14 + 7 * Math.max.apply(null, labels.map(function (text) { return text.length; }).concat(2));
  var above = titleLines(chart.yLabel, width - 4), below = titleLines(chart.xLabel, width - 14 - left);
  var top = 26 + TITLE_LINE * (above.length - 1), bottom = top + Math.max(240, Math.min(400, width * 0.55)) - 70;
  var area = this.area = { left: left, right: width - 14, top: top, bottom: bottom };
  var height = bottom + 44 + TITLE_LINE * (below.length - 1);
  this.width = width;
  this.xs = xs;
  this.x = scale(xs[0], xs[1], area.left, area.right, chart.xLog);
  this.y = scale(ys[0], ys[1], area.bottom, area.top, chart.yLog);
  var svg = make("svg", { viewBox: "0 0 " + width + " " + height, "class": "lines", role: "img", tabindex: 0,
    "aria-label": chart.title + ". " + chart.note + " Arrow keys show values, plus and minus zoom, Escape shows all." });
  yTicks.forEach(function (tick, i) {
    var at = self.y(tick);
    make("line", { x1: area.left, x2: area.right, y1: at, y2: at, stroke: "#ddd" }, svg);
    make("text", { x: area.left - 6, y: at + 4, "text-anchor": "end" }, svg, labels[i]);
  });
  this.drawXAxis(svg, xs);
  drawTitle(svg, above, 4, 14, "start");
  drawTitle(svg, below, (left + area.right) / 2, bottom + 36, "middle");
  make("path", { d: "M" + area.left + "," + area.top + "V" + area.bottom + "H" + area.right, fill: "none",
    stroke: "#333" }, svg);
  var clip = make("clipPath", { id: "clip" + this.number }, svg);
  make("rect", { x: area.left, y: area.top - 5, width: area.right - area.left, height: area.bottom - area.top + 6 }, clip);
  var inside = make("g", { "clip-path": "url(#clip" + this.number + ")" }, svg);
  chart.series.forEach(function (series, i) {
    if (!self.hidden["s" + i]) self.drawSeries(inside, series, colourOf(series, i), i);
  });
  this.drawMarks(inside);
  if (!chart.series.some(function (series) { return series.y.some(function (y) { return y !== null; }); }))
    make("text", { x: (area.left + area.right) / 2, y: (area.top + area.bottom) / 2, "text-anchor": "middle" }, svg,
      chart.empty || "nothing to show");
  this.hoverLayer = make("g", {}, svg);
  this.selection = make("rect", { y: area.top, height: area.bottom - area.top, width: 0, fill: "#0b5c93",
    "fill-opacity": 0.15 }, svg);
  this.putInPlace(svg);
  this.reset.disabled = !this.view;
  this.box.setAttribute("data-view", this.view ? this.view.map(plain).join(" ") : "all");
};

// The picture in the place of the one before, which may have the focus.
Plot.prototype.putInPlace = function (svg) {
  if (this.svg) {
    var focused = document.activeElement === this.svg;
    this.box.replaceChild(svg, this.svg);
    if (focused) svg.focus();
  } else this.box.insertBefore(svg, this.tip);
  this.svg = svg;
  this.listen(svg);
  this.tip.hidden = true;
};

Plot.prototype.drawXAxis = function (svg, xs) {
  var chart = this.chart, area = this.area, x = this.x;
  var room = Math.max(3, Math.floor((area.right - area.left) / 70));
  var ticks = chart.categories ? chart.categories.map(function (name, i) { return i; })
    : chart.xTicks && chart.xTicks.length <= 16 && !this.view ? chart.xTicks
    : chart.xLog ? logTicks(xs[0], xs[1], room) : linearTicks(xs[0], xs[1], room);
  var texts = ticks.map(function (tick) {
    var text = chart.categories ? chart.categories[tick] : compact(tick, chart.xLog || ticks === chart.xTicks ? 0 : xs[1]);
    var half = text.length * 3.6 + 4;
    return { text: text, half: half, tick: x(tick), at: Math.max(half, Math.min(x(tick), area.right + 14 - half)) };
  }).filter(function (one) { return one.tick >= area.left - 1 && one.tick <= area.right + 1; });
  texts.forEach(function (one) {
    make("line", { x1: one.tick, x2: one.tick, y1: area.top, y2: area.bottom, stroke: "#eee" }, svg);
  });
  thatFit(texts).forEach(function (one) {
    make("text", { x: one.at, y: area.bottom + 17, "text-anchor": "middle", "class": "tick" }, svg, one.text);
  });
};

Plot.prototype.path = function (series) {
  var x = this.x, y = this.y, log = this.chart.yLog, d = "", pen = false, previous = null;
  series.x.forEach(function (value, i) {
    var at = series.y[i];
    if (at === null || (log && at <= 0)) { pen = false; return; }
    var here = x(value).toFixed(1) + "," + y(at).toFixed(1);
    if (pen && series.style === "step") d += "M" + x(series.x[i - 1]).toFixed(1) + "," + y(previous).toFixed(1) +
      "V" + y(at).toFixed(1) + "L" + here;
    else d += (pen ? "L" : "M") + here;
    pen = true;
    previous = at;
  });
  return d;
};

Plot.prototype.drawSeries = function (parent, series, place, number) {
  var self = this, x = this.x, y = this.y, colour = COLOURS[place];
  var group = make("g", { "class": "curve", "data-series": number }, parent);
  if (series.style === "bars") {
    series.x.forEach(function (from, i) {
      make("rect", { x: x(from), width: Math.max(0.5, x(series.to[i]) - x(from) - 0.5), y: y(series.y[i]),
        height: Math.max(0, self.area.bottom - y(series.y[i])), fill: colour, "fill-opacity": 0.55 }, group);
    });
    return;
  }
  if (series.low) this.drawIntervals(group, series, colour);
  if (series.style !== "points")
    make("path", { d: this.path(series), fill: "none", stroke: colour, "stroke-width": 1.8,
      "stroke-dasharray": DASHES[place], "stroke-linejoin": "round" }, group);
  if (!this.hasMarkers(series)) return;
  series.x.forEach(function (value, i) {
    if (series.y[i] === null || (self.chart.yLog && series.y[i] <= 0)) return;
    var fill = series.hollow ? [colour, "#fff", "#bbb"][series.hollow[i]] : colour;
    self.marker(group, place, x(value), y(series.y[i]), fill, colour);
  });
};

// Bands, each as far as no value is missing; bars where there is nothing to join.
Plot.prototype.drawIntervals = function (group, series, colour) {
  var x = this.x, y = this.y, area = this.area, log = this.chart.yLog, joined = [];
  function end() {
    var ups = joined.map(function (one) { return one.at + "," + one.high; });
    var downs = joined.map(function (one) { return one.at + "," + one.low; }).reverse();
    if (series.style !== "points" && joined.length > 1)
      make("path", { d: "M" + ups.concat(downs).join("L") + "Z", fill: colour, "fill-opacity": 0.18 }, group);
    else joined.forEach(function (one) {
      make("path", { d: "M" + one.at + "," + one.low + "V" + one.high + "m-4,0h8M" + one.at + "," + one.low + "m-4,0h8",
        stroke: colour, "stroke-width": 1.5 }, group);
    });
    joined = [];
  }
  series.x.forEach(function (value, i) {
    if (series.low[i] === null || series.low[i] === undefined) return end();
    joined.push({ at: x(value).toFixed(1), high: y(series.high[i]).toFixed(1),
      low: (log && series.low[i] <= 0 ? area.bottom : y(series.low[i])).toFixed(1) });
  });
  end();
};

Plot.prototype.drawMarks = function (parent) {
  var self = this, area = this.area;
  this.chart.marks.forEach(function (mark, i) {
    if (self.hidden["m" + i]) return;
    var at = mark.axis === "x" ? self.x(mark.value) : self.y(mark.value);
    var ends = mark.axis === "x" ? { x1: at, x2: at, y1: area.top, y2: area.bottom }
      : { x1: area.left, x2: area.right, y1: at, y2: at };
    ends.stroke = self.markColour(mark, i);
    ends["stroke-width"] = 1.4;
    ends["stroke-dasharray"] = MARK_DASHES[i % 3];
    make("line", ends, parent);
  });
};

// --- pointer and keys

Plot.prototype.toPlot = function (event) {
  var box = this.svg.getBoundingClientRect();
  return (event.clientX - box.left) * this.width / box.width;
};

Plot.prototype.listen = function (svg) {
  var self = this, start = null;
  function bounded(at) { return Math.max(self.area.left, Math.min(self.area.right, at)); }
  svg.addEventListener("pointerdown", function (event) {
    if (event.button) return;
    start = bounded(self.toPlot(event));
    try { svg.setPointerCapture(event.pointerId); } catch (error) { /* the pointer is gone already */ }
  });
  svg.addEventListener("pointermove", function (event) {
    var at = bounded(self.toPlot(event));
    if (start !== null) {
      self.selection.setAttribute("x", Math.min(start, at));
      self.selection.setAttribute("width", Math.abs(at - start));
    }
    self.hover(self.x.invert(at));
  });
  svg.addEventListener("pointerup", function (event) {
    if (start === null) return;
    var ends = [start, bounded(self.toPlot(event))].sort(function (a, b) { return a - b; });
    start = null;
    self.selection.setAttribute("width", 0);
    if (ends[1] - ends[0] > 8) self.zoom([self.x.invert(ends[0]), self.x.invert(ends[1])]);
  });
  svg.addEventListener("pointercancel", function () { start = null; self.selection.setAttribute("width", 0); });
  svg.addEventListener("pointerleave", function () { if (start === null) self.unhover(); });
  svg.addEventListener("blur", function () { self.unhover(); });
  svg.addEventListener("dblclick", function () { self.zoom(null); });
  svg.addEventListener("keydown", function (event) { if (self.key(event.key)) event.preventDefault(); });
};

Plot.prototype.zoom = function (view) {
  if (view && !this.chart.xLog && !(view[1] - view[0] > Math.abs(view[1]) * 1e-9)) return;
  this.view = view;
  this.draw();
};

// The places where values stand, of all curves to be seen.
Plot.prototype.stops = function () {
  var xs = this.xs, all = [];
  this.shown().forEach(function (series) { all = all.concat(series.x); });
  return all.filter(function (x) { return x >= xs[0] && x <= xs[1]; }).sort(function (a, b) { return a - b; });
};

Plot.prototype.key = function (key) {
  var stops, cursor = this.cursor;
  if (key === "ArrowLeft" || key === "ArrowRight") {
    stops = this.stops();
    if (key === "ArrowLeft") stops.reverse();
    var next = stops.filter(function (x) {
      return cursor === null || (key === "ArrowRight" ? x > cursor : x < cursor);
    })[0];
    if (next !== undefined) this.hover(next);
    return true;
  }
  if (key === "+" || key === "-") {
    var area = this.area, middle = this.x(cursor === null ? this.x.invert((area.left + area.right) / 2) : cursor);
    var half = (area.right - area.left) * (key === "+" ? 0.25 : 1), whole = this.wholeX();
    var view = [Math.max(whole[0], this.x.invert(middle - half)), Math.min(whole[1], this.x.invert(middle + half))];
    this.zoom(view[0] <= whole[0] && view[1] >= whole[1] ? null : view);
    return true;
  }
  if (key === "Escape" || key === "0") { this.zoom(null); return true; }
  return false;
};

Plot.prototype.hover = function (wanted) {
  var self = this, chart = this.chart, best = null;
  this.stops().forEach(function (x) {
    if (best === null || Math.abs(self.x(x) - self.x(wanted)) < Math.abs(self.x(best) - self.x(wanted))) best = x;
  });
  this.unhover();
  if (best === null) return;
  this.cursor = best;
  var at = this.x(best), tip = this.tip, layer = this.hoverLayer;
  make("line", { x1: at, x2: at, y1: this.area.top, y2: this.area.bottom, stroke: "#888" }, layer);
  var title = chart.categories ? chart.categories[Math.round(best)] : readable(best);
  htmlElement("b", "", tip, chart.categories ? title : chart.xLabel + ": " + title);
  chart.series.forEach(function (series, i) {
    if (self.hidden["s" + i]) return;
    var value = valueAt(series, best);
    if (value === null) return;
    self.tell(series, series.x.indexOf(best), value);
    if (!chart.yLog || value > 0)
      make("circle", { cx: at, cy: self.y(value), r: 4, fill: "none",
        stroke: COLOURS[colourOf(series, i)], "stroke-width": 2 }, layer);
  });
  tip.hidden = false;
  this.placeTip(at);
};

// A line of the tip: a value, and the interval where there is one at this place of the series.
Plot.prototype.tell = function (series, index, value) {
  if (value === undefined) value = index < 0 ? null : series.y[index];
  if (value === null) return;
  var text = series.name + ": " + readable(value);
  if (series.low && index >= 0 && series.low[index] !== null)
    text += " (" + readable(series.low[index]) + " to " + readable(series.high[index]) + ")";
  htmlElement("div", "", this.tip, text).style.color = series.colour === 3 ? "#8a5f00" : "";
};

Plot.prototype.placeTip = function (at) {
  var factor = this.svg.getBoundingClientRect().width / this.width, tip = this.tip, room = this.box.clientWidth;
  var left = at * factor + 12;
  if (left + tip.offsetWidth > room) left = at * factor - 12 - tip.offsetWidth;
  // On a phone it would hide the curves: there it stands below them.
  var top = room < 500 ? this.svg.getBoundingClientRect().height : this.area.top * factor;
  tip.style.left = Math.max(0, Math.min(left, room - tip.offsetWidth)) + "px";
  tip.style.top = top + "px";
};

Plot.prototype.unhover = function () {
  this.cursor = null;
  this.tip.hidden = true;
  this.tip.textContent = "";
  while (this.hoverLayer.firstChild) this.hoverLayer.removeChild(this.hoverLayer.firstChild);
};
