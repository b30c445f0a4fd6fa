/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The script of a report, first part: colours, numbers, ticks, scales. parts.py puts the parts into one function. */
// The colours, dashes and markers of the printed plots (draw.py).
var COLOURS = ["#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000", "#777777"];
var DASHES = ["", "8 3", "2 2", "9 3 2 3", "5 2", "10 3 2 3 2 3", "", "3 3"];
var MARK_DASHES = ["6 3", "2 2", "8 3 2 3"];
var CIVIDIS = ["#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838"];
var FEW_POINTS = 40;
var NS = "http://www.w3.org/2000/svg";

function make(name, attributes, parent, text) {
  var element = document.createElementNS(NS, name);
  Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
  if (text !== undefined) element.textContent = text;
  if (parent) parent.appendChild(element);
  return element;
}

function htmlElement(name, className, parent, text) {
  var element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  parent.appendChild(element);
  return element;
}

function plain(value) { return String(parseFloat(value.toPrecision(6))); }

// A tick: with k, M or G if the axis is long.
function compact(value, largest) {
  var size = Math.max(Math.abs(value), largest || 0);
  if (!value) return "0";
  if (size >= 1e9) return plain(value / 1e9) + "G";
  if (size >= 1e6) return plain(value / 1e6) + "M";
  if (size >= 1e4) return plain(value / 1e3) + "k";
  return plain(value);
}

// A value to read: 51 234, 0.0123.
function readable(value) {
  if (value === null) return "–";
  var text = Math.abs(value) >= 1000 ? String(Math.round(value)) : String(parseFloat(value.toPrecision(4)));
  return Math.abs(value) >= 10000 && text.indexOf("e") < 0 ? text.replace(/\B(?=(\d{3})+$)/g, "\u00a0") : text;
}

function linearTicks(low, high, most) {
  var raw = (high - low) / most;
  var power = Math.pow(10, Math.floor(Math.log10(raw)));
  var step = [1, 2, 2.5, 5, 10].filter(function (f) { return f * power >= raw * 0.999; })[0] * power;
  var ticks = [];
  for (var i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(i * step);
  return ticks;
}

function logTicks(low, high, most) {
  var decades = Math.log10(high / low);
  var digits = decades < 1 ? [1, 2, 3, 4, 5, 6, 8] : decades < 2.2 ? [1, 2, 5] : [1];
  var every = Math.max(1, Math.ceil(decades / most));
  var ticks = [];
  for (var e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++)
    if (digits.length > 1 || e % every === 0)
      digits.forEach(function (d) {
        var tick = d * Math.pow(10, e);
        if (tick >= low * 0.9999 && tick <= high * 1.0001) ticks.push(tick);
      });
  return ticks;
}

// From a value to a place on the screen and back.
function scale(low, high, from, to, log) {
  var f = log ? Math.log : function (v) { return v; };
  var back = log ? Math.exp : f;
  var a = f(low), b = f(high);
  var place = function (value) { return from + (f(value) - a) / (b - a) * (to - from); };
  place.invert = function (at) { return back(a + (at - from) / (to - from) * (b - a)); };
  return place;
}

// Which of the texts at an axis, each { at, half } its width, have room: the first, the last, and what fits between them.
function thatFit(texts) {
  var end = texts.length - 1, last = -Infinity;
  return texts.filter(function (text, i) {
    var before = text.at - text.half >= last;
    var behind = i === end || text.at + text.half <= texts[end].at - texts[end].half;
    if (!before || (i && !behind)) return false;
    last = text.at + text.half;
    return true;
  });
}

// The lines of a text of at most so many letters each.
function linesOf(text, most) {
  var lines = [];
  if (text.length <= most) return [text];
  text.split(" ").forEach(function (word) {
    if (lines.length && lines[lines.length - 1].length + 1 + word.length <= most) lines[lines.length - 1] += " " + word;
    else for (var i = 0; i === 0 || i < word.length; i += most) lines.push(word.substr(i, most));
  });
  return lines;
}

// The title of an axis, in as many lines as fit a width; the first of them stands at y.
var TITLE_LINE = 15;
function titleLines(text, width) { return linesOf(text, Math.floor(width / 6.5)); }
function drawTitle(svg, lines, x, y, anchor) {
  lines.forEach(function (line, i) {
    make("text", { x: x, y: y + i * TITLE_LINE, "text-anchor": anchor }, svg, line);
  });
}

// The value of a curve at x; null outside of it.
function valueAt(series, x) {
  var xs = series.x, low = 0, high = xs.length - 1;
  if (!xs.length || x < xs[0] || x > (series.to ? series.to[high] : xs[high])) return null;
  while (high - low > 1) {
    var middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle; else high = middle;
  }
  if (series.style === "bars") return series.y[xs[high] <= x ? high : low];
  if (xs[high] === x) return series.y[high];
  if (xs[low] === x) return series.y[low];
  if (series.style === "points" || series.y[low] === null || series.y[high] === null) return null;
  if (series.style === "step") return series.y[high];
  return series.y[low] + (series.y[high] - series.y[low]) * (x - xs[low]) / (xs[high] - xs[low]);
}

function colourOf(item, place) { return (item.colour === undefined || item.colour === null ? place : item.colour) % 8; }
