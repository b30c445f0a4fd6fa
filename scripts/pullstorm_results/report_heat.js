/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The script of a report, last part: a value over two axes; then it all begins. */
function mixed(share) {
  var at = Math.max(0, Math.min(1, share)) * (CIVIDIS.length - 1), low = Math.min(CIVIDIS.length - 2, Math.floor(at));
  function part(text, i) { return parseInt(text.substr(1 + 2 * i, 2), 16); }
  return [0, 1, 2].map(function (i) {
    return Math.round(part(CIVIDIS[low], i) + (part(CIVIDIS[low + 1], i) - part(CIVIDIS[low], i)) * (at - low));
  });
}

function cellText(value) { return value === null ? "–" : compact(parseFloat(value.toPrecision(3))); }

function Heat(box, chart) {
  var values = [].concat.apply([], chart.z).filter(function (value) { return value !== null; });
  this.box = box;
  this.chart = chart;
  this.longest = Math.max.apply(null, values.map(function (value) { return cellText(value).length; }));
  this.low = chart.zRange ? chart.zRange[0] : Math.min.apply(null, values);
  this.high = chart.zRange ? chart.zRange[1] : Math.max.apply(null, values);
  this.tip = htmlElement("div", "tip", box);
  this.tip.setAttribute("role", "status");
  this.tip.hidden = true;
  this.draw();
}

Heat.prototype.share = function (value) {
  if (this.high === this.low) return 0;
  var f = this.chart.zLog ? Math.log : function (v) { return v; };
  return (f(value) - f(this.low)) / (f(this.high) - f(this.low));
};

Heat.prototype.draw = function () {
  var chart = this.chart, self = this, width = this.fixedWidth || Math.max(280, this.box.clientWidth || 680);
  var longest = Math.max.apply(null, chart.y.map(function (text) { return text.length; }));
  var left = 14 + 7 * longest, above = titleLines(chart.yLabel, width - 4), below = titleLines(chart.xLabel, width - left);
  var bar = titleLines(chart.zLabel + (chart.zLog ? ", logarithmic" : ""), width - left - 8);
  var top = 26 + TITLE_LINE * (above.length - 1), cell = (width - left - 8) / chart.x.length;
  var row = Math.max(18, Math.min(46, 320 / chart.y.length)), bottom = top + row * chart.y.length;
  var barTop = bottom + 48 + TITLE_LINE * (below.length - 1), height = barTop + 46 + TITLE_LINE * (bar.length - 1);
  var svg = make("svg", { viewBox: "0 0 " + width + " " + height, role: "img",
    "aria-label": chart.title + " over " + chart.xLabel + " and " + chart.yLabel + ". " + chart.note });
  drawTitle(svg, above, 4, 14, "start");
  chart.z.forEach(function (values, i) {
    var y = bottom - (i + 1) * row;
    make("text", { x: left - 6, y: y + row / 2 + 4, "text-anchor": "end" }, svg, chart.y[i]);
    values.forEach(function (value, j) { self.cell(svg, value, i, j, left + j * cell, y, cell, row); });
  });
  thatFit(chart.x.map(function (text, j) {
    var half = text.length * 3.6 + 4;
    return { text: text, half: half, at: Math.min(left + (j + 0.5) * cell, width - half) };
  })).forEach(function (one) {
    make("text", { x: one.at, y: bottom + 16, "text-anchor": "middle", "class": "tick" }, svg, one.text);
  });
  drawTitle(svg, below, (left + width) / 2, bottom + 36, "middle");
  this.drawBar(svg, left, barTop, width - left - 8, bar);
  if (this.svg) this.box.replaceChild(svg, this.svg);
  else this.box.insertBefore(svg, this.tip);
  this.svg = svg;
  svg.addEventListener("pointerleave", function () { self.tip.hidden = true; });
};

Heat.prototype.cell = function (svg, value, i, j, x, y, width, height) {
  var self = this, chart = this.chart, rgb = value === null ? [238, 238, 238] : mixed(this.share(value));
  var rect = make("rect", { x: x, y: y, width: width + 0.3, height: height + 0.3, fill: "rgb(" + rgb.join(",") + ")",
    "class": "cell" }, svg);
  var text = cellText(value), light = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] > 128;
  if (this.longest * 7 + 4 < width && height >= 18) // all of them or none
    make("text", { x: x + width / 2, y: y + height / 2 + 4, "text-anchor": "middle", "pointer-events": "none",
      style: "fill:" + (light ? "#000" : "#fff") }, svg, text);
  rect.addEventListener("pointerenter", function () {
    var factor = self.svg.getBoundingClientRect().width / self.svg.viewBox.baseVal.width;
    self.tip.textContent = chart.xLabel + " " + chart.x[j] + ", " + chart.yLabel + " " + chart.y[i] + ": " +
      chart.zLabel + " " + readable(value);
    self.tip.hidden = false;
    self.tip.style.left = Math.max(0, Math.min((x + width) * factor, self.box.clientWidth - self.tip.offsetWidth)) + "px";
    self.tip.style.top = (y + height) * factor + "px";
  });
};

Heat.prototype.drawBar = function (svg, left, top, width, title) {
  for (var i = 0; i < 64; i++)
    make("rect", { x: left + i * width / 64, y: top, width: width / 64 + 0.5, height: 8,
      fill: "rgb(" + mixed(i / 63).join(",") + ")" }, svg);
  make("text", { x: left, y: top + 22 }, svg, compact(parseFloat(this.low.toPrecision(3))));
  make("text", { x: left + width, y: top + 22, "text-anchor": "end" }, svg, compact(parseFloat(this.high.toPrecision(3))));
  drawTitle(svg, title, left + width / 2, top + 38, "middle");
};

var charts = JSON.parse(document.getElementById("charts").textContent);
var plots = [].map.call(document.querySelectorAll(".plot"), function (box) {
  var chart = charts[Number(box.getAttribute("data-chart"))];
  return new ({ heat: Heat, rows: Rows }[chart.kind] || Plot)(box, chart);
});
function redraw(width) {
  plots.forEach(function (plot) { plot.fixedWidth = width; plot.draw(); });
}
var seen = window.innerWidth;
window.addEventListener("resize", function () {
  if (window.innerWidth !== seen) redraw(null);
  seen = window.innerWidth;
});
window.addEventListener("beforeprint", function () { redraw(680); });
window.addEventListener("afterprint", function () { redraw(null); });
document.documentElement.setAttribute("data-plots", plots.length);
